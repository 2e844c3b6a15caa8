import { newPerson } from "#src/person.ts";
import type { SystemUnderTest } from "./system-under-test.ts";

/** Accounts: registration, sign-in, refresh, sign-out. */
export function accounts(system: SystemUnderTest): void {
  describe("accounts", () => {
    test("a handle and an e-mail address are unique, without regard to case", async () => {
      const { handle } = await newPerson(system.api);
      const again = { handle, email: `x${handle}@mail.example`, password: "another long password" };
      await expect(system.api.request("POST", "/v1/users", { body: again })).resolves.toMatchObject(
        {
          status: 409,
          json: { code: "HANDLE_TAKEN" },
        },
      );
      const email = `${handle}@MAIL.example`;
      const sameMail = { ...again, handle: `${handle.slice(0, 20)}_2`, email };
      await expect(
        system.api.request("POST", "/v1/users", { body: sameMail }),
      ).resolves.toMatchObject({ status: 409, json: { code: "EMAIL_TAKEN" } });
    });

    test("every invalid field is named at once", async () => {
      const body = { handle: "A", email: "nobody", password: "short", nickname: "x" };
      const { status, json } = await system.api.request("POST", "/v1/users", { body });
      expect(status).toBe(400);
      const fields = json.errors.map(({ field }: { field: string }) => field);
      expect(fields).toEqual(expect.arrayContaining(["handle", "password", "nickname"]));
    });

    test("a user sees the own e-mail address, and nobody else does", async () => {
      const person = await newPerson(system.api);
      const own = await system.api.get("/v1/users/me", person.token);
      expect(own.json.email).toBe(`${person.handle}@mail.example`);
      const others = await system.api.get(`/v1/users/${person.id}`);
      expect(others.json).not.toHaveProperty("email");
    });

    test("a wrong password and an unknown login are answered alike", async () => {
      const { handle } = await newPerson(system.api);
      const signIn = (login: string) =>
        system.api.request("POST", "/v1/sessions", { body: { login, password: "not it at all" } });
      const [wrong, unknown] = await Promise.all([signIn(handle), signIn("nobody_at_all")]);
      expect(wrong.status).toBe(401);
      expect({ ...wrong.json, instance: "" }).toEqual({ ...unknown.json, instance: "" });
    });

    test("a refresh token that is used twice ends its session", async () => {
      const person = await newPerson(system.api);
      const refresh = (refreshToken: string) =>
        system.api.request("POST", "/v1/sessions/refresh", { body: { refreshToken } });
      const first = await refresh(person.refreshToken);
      expect(first.status).toBe(200);
      const revoked = { status: 401, json: { code: "SESSION_REVOKED" } };
      await expect(refresh(person.refreshToken)).resolves.toMatchObject(revoked);
      await expect(refresh(first.json.refreshToken)).resolves.toMatchObject(revoked);
    });

    test("the token of an ended session can neither read nor change the account", async () => {
      const { token } = await newPerson(system.api);
      const ended = await system.api.request("DELETE", "/v1/sessions/current", { token });
      expect(ended.status).toBe(204);
      expect(await system.api.get("/v1/users/me", token)).toMatchObject({ status: 401 });
      const body = { bio: "still here" };
      const changed = await system.api.request("PATCH", "/v1/users/me", { token, body });
      expect(changed.status).toBe(401);
    });

    test("an invalid token is refused, and not treated as no token", async () => {
      expect(await system.api.get("/v1/images", "nonsense")).toMatchObject({
        status: 401,
        json: { code: "UNAUTHENTICATED" },
      });
    });

    test("a change with the etag of an old version is refused", async () => {
      const { token } = await newPerson(system.api);
      const { headers } = await system.api.get("/v1/users/me", token);
      const etag = headers.get("etag") ?? "";
      const change = (bio: string) =>
        system.api.request("PATCH", "/v1/users/me", {
          token,
          body: { bio },
          headers: { "if-match": etag },
        });
      expect((await change("first")).status).toBe(200);
      expect(await change("second")).toMatchObject({
        status: 412,
        json: { code: "ETAG_MISMATCH" },
      });
    });
  });
}
