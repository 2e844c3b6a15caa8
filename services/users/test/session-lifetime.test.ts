import { contextFor } from "@triptych/chassis/testing/test-context";
import { startUsers, type UsersUnderTest } from "./start-users.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

let service: UsersUnderTest;

beforeAll(async () => {
  service = await startUsers();
});
afterAll(() => service[Symbol.asyncDispose]());

test("a session ends 30 days after its last refresh, by the clock of the service", async () => {
  const ada = await service.signIn();
  service.advanceClock(29 * DAY_MS);
  const request = { refreshToken: ada.refreshToken };
  const { tokens } = await service.client.refreshSession(request, contextFor());
  service.advanceClock(29 * DAY_MS);
  const { sessions } = await service.client.listSessions({}, ada.context());
  expect(sessions.map(({ id }) => id)).toEqual([ada.sessionId]);
  service.advanceClock(2 * DAY_MS);
  const calls = [
    service.client.getUser({ id: ada.user.id }, ada.context()),
    service.client.listSessions({}, ada.context()),
    service.client.deleteSession({ id: ada.sessionId }, ada.context()),
    service.client.updateUser({ user: {}, updateMask: { paths: ["bio"] } }, ada.context()),
  ];
  for (const call of calls) {
    await expect(call).rejects.toMatchObject({ reason: "UNAUTHENTICATED" });
  }
  const refreshToken = tokens?.refreshToken ?? "";
  const late = service.client.refreshSession({ refreshToken }, contextFor());
  await expect(late).rejects.toMatchObject({ reason: "SESSION_REVOKED" });
});
