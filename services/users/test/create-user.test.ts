import { status } from "@grpc/grpc-js";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { newHandle, PASSWORD, startUsers, type UsersUnderTest, unhurried } from "./start-users.ts";

let service: UsersUnderTest;

beforeAll(async () => {
  service = await startUsers();
});
afterAll(() => service[Symbol.asyncDispose]());

function requestOf(fields: { readonly handle?: string; readonly email?: string }) {
  const handle = newHandle();
  return { handle, email: `${handle}@example.org`, password: PASSWORD, displayName: "", ...fields };
}

describe("CreateUser", () => {
  test("returns the account with its e-mail address, and makes the profile public", async () => {
    const request = { ...requestOf({}), email: "Ada@Example.org", displayName: "Ada 🦋" };
    const created = await service.client.createUser(request, unhurried());
    expect(created).toMatchObject({
      handle: request.handle,
      email: "Ada@Example.org",
      displayName: "Ada 🦋",
      bio: "",
      followerCount: 0,
      followingCount: 0,
      etag: "1",
    });
    expect(created.avatarImageId).toBeUndefined();
    const { email: _, ...profile } = created;
    const found = await service.client.getUser({ id: created.id }, contextFor());
    expect(found).toEqual({ ...profile, email: undefined });
    expect("email" in found).toBe(false);
  });

  test("stores a hash and no password", async () => {
    const { id } = await service.register();
    const { rows } = await service.database
      .for(id)
      .write<{ readonly row: string }>(
        { name: "row", text: "select users::text as row from users where id = $1" },
        [id],
      );
    expect(rows[0]?.row).toContain("$argon2id$v=19$m=19456,t=2,p=1$");
    expect(rows[0]?.row).not.toContain(PASSWORD);
  });

  test("fails with HANDLE_TAKEN for a handle of another account", async () => {
    const { handle } = await service.register();
    const call = service.client.createUser(requestOf({ handle }), unhurried());
    await expect(call).rejects.toMatchObject({
      reason: "HANDLE_TAKEN",
      code: status.ALREADY_EXISTS,
      domain: "users.triptych",
      metadata: { handle },
    });
  });

  test("fails with EMAIL_TAKEN for an e-mail address of another account, in any case", async () => {
    const { email = "" } = await service.register({ email: "Élise@Example.org" });
    for (const taken of [email, "éLISE@example.ORG"]) {
      const call = service.client.createUser(requestOf({ email: taken }), unhurried());
      await expect(call).rejects.toMatchObject({
        reason: "EMAIL_TAKEN",
        code: status.ALREADY_EXISTS,
        metadata: {},
      });
    }
  });

  test("opens one of twenty accounts that ask for one handle at once", async () => {
    const handle = newHandle();
    const calls = Array.from({ length: 20 }, () =>
      service.client.createUser({ ...requestOf({}), handle }, unhurried()),
    );
    const settled = await Promise.allSettled(calls);
    const reasons = settled.map((one) =>
      one.status === "rejected" ? one.reason.reason : "opened",
    );
    expect(reasons.filter((reason) => reason === "opened")).toHaveLength(1);
    expect(reasons.filter((reason) => reason === "HANDLE_TAKEN")).toHaveLength(19);
  });

  test("opens one of ten accounts that ask for one e-mail address at once", async () => {
    const email = `${newHandle()}@example.org`;
    const calls = Array.from({ length: 10 }, () =>
      service.client.createUser({ ...requestOf({}), email }, unhurried()),
    );
    const settled = await Promise.allSettled(calls);
    const reasons = settled.map((one) =>
      one.status === "rejected" ? one.reason.reason : "opened",
    );
    expect(reasons.filter((reason) => reason === "opened")).toHaveLength(1);
    expect(reasons.filter((reason) => reason === "EMAIL_TAKEN")).toHaveLength(9);
  });

  test("fails with INVALID_ARGUMENT and names every bad field", async () => {
    const request = {
      handle: "Ada",
      email: "nobody",
      password: "short",
      displayName: "x".repeat(81),
    };
    await expect(service.client.createUser(request, unhurried())).rejects.toMatchObject({
      reason: "INVALID_ARGUMENT",
      code: status.INVALID_ARGUMENT,
      violations: [
        { field: "handle" },
        { field: "email" },
        { field: "password" },
        { field: "display_name" },
      ],
    });
  });

  test("opens forty accounts at once", async () => {
    const calls = Array.from({ length: 40 }, () => service.register());
    expect(new Set((await Promise.all(calls)).map(({ id }) => id)).size).toBe(40);
  });

  test("fails with HASHING_OVERLOADED and a retry-after if passwords cannot be hashed in time", async () => {
    // Two clients, since the bulkhead of one would hold calls back.
    const clients = [service.newClient(), service.newClient()];
    const calls = clients.flatMap((client) =>
      Array.from({ length: 150 }, () => client.createUser(requestOf({}), unhurried())),
    );
    const settled = await Promise.allSettled(calls);
    const failed = settled.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    // Two are hashed and 256 wait: on an idle machine 42 are refused.
    const refused = failed.filter(({ reason }) => reason === "HASHING_OVERLOADED");
    expect(refused.length).toBeGreaterThanOrEqual(42);
    for (const error of refused) {
      expect(error).toMatchObject({
        code: status.RESOURCE_EXHAUSTED,
        retryAfterMs: expect.any(Number),
      });
    }
    // On a busy machine a hash that was begun in time may end too late. Nothing else happens.
    const others = failed.filter((error) => !refused.includes(error));
    expect(others.filter(({ code }) => code !== status.DEADLINE_EXCEEDED)).toEqual([]);
  });
});
