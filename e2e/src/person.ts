import { randomBytes } from "node:crypto";
import type { Api } from "./api.ts";

/** A test user who has signed in. */
export interface Person {
  readonly id: string;
  readonly handle: string;
  readonly password: string;
  readonly token: string;
  readonly refreshToken: string;
}

/** Registers a test user, and signs in. */
export async function newPerson(api: Api, name = "person"): Promise<Person> {
  const handle = `${name}_${randomBytes(6).toString("hex")}`;
  const password = `long enough for ${handle}`;
  const email = `${handle}@mail.example`;
  const registered = await api.request("POST", "/v1/users", { body: { handle, email, password } });
  expect(registered).toMatchObject({ status: 201, json: { handle } });
  const session = await api.request("POST", "/v1/sessions", { body: { login: handle, password } });
  expect(session.status).toBe(201);
  const { accessToken, refreshToken } = session.json;
  return { id: registered.json.id, handle, password, token: accessToken, refreshToken };
}
