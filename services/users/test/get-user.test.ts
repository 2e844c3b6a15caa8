import { status } from "@grpc/grpc-js";
import { newId } from "@triptych/chassis/ids/new-id";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { startUsers, type UsersUnderTest } from "./start-users.ts";

let service: UsersUnderTest;

beforeAll(async () => {
  service = await startUsers();
});
afterAll(() => service[Symbol.asyncDispose]());

describe("GetUser", () => {
  test("returns the e-mail address to its own user only", async () => {
    const ada = await service.signIn();
    const request = { id: ada.user.id };
    expect((await service.client.getUser(request, ada.context())).email).toBe(ada.user.email);
    const bob = await service.signIn();
    for (const context of [contextFor(), bob.context()]) {
      const seen = await service.client.getUser(request, context);
      expect(seen).toMatchObject({ id: ada.user.id, handle: ada.user.handle });
      expect(seen.email).toBeUndefined();
    }
  });

  test("fails with UNAUTHENTICATED once the caller's session has ended, while the token is valid", async () => {
    const ada = await service.signIn();
    await service.client.deleteSession({ id: ada.sessionId }, ada.context());
    const calls = [
      service.client.getUser({ id: ada.user.id }, ada.context()),
      service.client.listSessions({}, ada.context()),
      service.client.deleteSession({ id: ada.sessionId }, ada.context()),
      service.client.updateUser({ user: {}, updateMask: { paths: ["bio"] } }, ada.context()),
    ];
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({
        reason: "UNAUTHENTICATED",
        code: status.UNAUTHENTICATED,
      });
    }
    expect((await service.client.getUser({ id: ada.user.id }, contextFor())).id).toBe(ada.user.id);
  });

  test("fails with UNAUTHENTICATED for the own account with a token of an unknown session", async () => {
    const { id: userId } = await service.register();
    const token = await service.tokens.tokenFor(userId, { sessionId: newId() });
    const context = contextFor({
      kind: "user",
      userId,
      sessionId: newId(),
      operator: false,
      token,
    });
    await expect(service.client.getUser({ id: userId }, context)).rejects.toMatchObject({
      reason: "UNAUTHENTICATED",
    });
  });

  test("fails with USER_NOT_FOUND if there is no such user", async () => {
    const id = newId();
    await expect(service.client.getUser({ id }, contextFor())).rejects.toMatchObject({
      reason: "USER_NOT_FOUND",
      code: status.NOT_FOUND,
      metadata: { id },
    });
  });

  test.each(["7", "00000000-0000-0000-0000-00000000000G", newId().toUpperCase(), "a\0b"])(
    "fails with INVALID_ARGUMENT for the id %j",
    async (id) => {
      await expect(service.client.getUser({ id }, contextFor())).rejects.toMatchObject({
        reason: "INVALID_ARGUMENT",
        violations: [{ field: "id" }],
      });
    },
  );
});

describe("BatchGetUsers", () => {
  test("returns each existing user once, without an e-mail address, not even the caller's", async () => {
    const ada = await service.signIn();
    const bob = await service.register();
    const ids = [bob.id, newId(), ada.user.id, bob.id];
    const { users } = await service.client.batchGetUsers({ ids }, ada.context());
    expect(users.map(({ id }) => id).sort()).toEqual([ada.user.id, bob.id].sort());
    expect(users.every(({ email }) => email === undefined)).toBe(true);
  });

  test("fails with INVALID_ARGUMENT and names every bad id", async () => {
    const call = service.client.batchGetUsers({ ids: ["x", newId(), ""] }, contextFor());
    await expect(call).rejects.toMatchObject({
      reason: "INVALID_ARGUMENT",
      violations: [{ field: "ids[0]" }, { field: "ids[2]" }],
    });
  });

  test("accepts 200 ids and refuses 201", async () => {
    const ids = Array.from({ length: 201 }, newId);
    const { users } = await service.client.batchGetUsers({ ids: ids.slice(1) }, contextFor());
    expect(users).toEqual([]);
    await expect(service.client.batchGetUsers({ ids }, contextFor())).rejects.toMatchObject({
      violations: [{ field: "ids" }],
    });
  });
});
