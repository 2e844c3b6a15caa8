import { contextFor } from "@triptych/chassis/testing/test-context";
import { newHandle, PASSWORD, startUsers, type UsersUnderTest, unhurried } from "./start-users.ts";

const lines: string[] = [];
let service: UsersUnderTest;

beforeAll(async () => {
  service = await startUsers((line) => lines.push(line));
});
afterAll(() => service[Symbol.asyncDispose]());

test("the log holds no password, token or e-mail address of calls that are refused", async () => {
  const { client } = service;
  const ada = await service.signIn();
  const email = ada.user.email ?? "";
  const request = { handle: newHandle(), email, password: PASSWORD };
  const badRequest = { handle: email, email: `@${email}`, password: `${PASSWORD}\0` };
  const { tokens } = await client.refreshSession({ refreshToken: ada.refreshToken }, contextFor());
  const refused = await Promise.allSettled([
    client.createUser(request, unhurried()),
    client.createUser(badRequest, unhurried()),
    client.createSession({ login: email, password: `not ${PASSWORD}` }, unhurried()),
    client.createSession({ login: `${email}\0`, password: `${PASSWORD}\0` }, unhurried()),
    client.refreshSession({ refreshToken: ada.refreshToken }, contextFor()),
    client.listUsers({ query: `${email}\0` }, ada.context()),
  ]);
  expect(refused.map(({ status }) => status)).toEqual(Array(6).fill("rejected"));
  const log = lines.join("");
  expect(log).toContain("EMAIL_TAKEN");
  const refreshTokens = [ada.refreshToken, tokens?.refreshToken ?? ""];
  const secrets = refreshTokens.map((token) => token.split(".")[1] ?? "");
  for (const secret of [PASSWORD, email, ada.accessToken, ...secrets]) {
    expect(secret).not.toBe("");
    expect(log).not.toContain(secret);
  }
});
