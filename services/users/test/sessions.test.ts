import { status } from "@grpc/grpc-js";
import { newId, newIdIn } from "@triptych/chassis/ids/new-id";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { startUsers, type TestUser, type UsersUnderTest } from "./start-users.ts";

let service: UsersUnderTest;

beforeAll(async () => {
  service = await startUsers();
});
afterAll(() => service[Symbol.asyncDispose]());

function refresh(refreshToken: string) {
  return service.client.refreshSession({ refreshToken }, contextFor());
}

async function expire(sessionId: string): Promise<void> {
  const text = "update sessions set expire_time = now() - interval '1 second' where id = $1";
  await service.database.for(sessionId).write({ name: "expire", text }, [sessionId]);
}

/** Opens sessions by SQL: signing in would hash a password for each. */
async function openSessions(user: TestUser, count: number): Promise<void> {
  const text = `insert into sessions (user_id, id, refresh_token_hash, refresh_time, expire_time)
    select $1, unnest($2::uuid[]), sha256('x'), now() - interval '1 hour', now() + interval '1 hour'`;
  const ids = Array.from({ length: count }, () => newIdIn(user.user.id));
  await service.database.for(user.user.id).write({ name: "open", text }, [user.user.id, ids]);
}

const REVOKED = { reason: "SESSION_REVOKED", code: status.UNAUTHENTICATED };

describe("RefreshSession", () => {
  test("returns new tokens of the same session, which expires in 30 days", async () => {
    const ada = await service.signIn();
    const first = await refresh(ada.refreshToken);
    expect(first.session?.id).toBe(ada.sessionId);
    expect(first.user).toMatchObject({ id: ada.user.id, email: ada.user.email });
    expect(first.tokens?.refreshToken).not.toBe(ada.refreshToken);
    const { refreshTime, expireTime } = first.session ?? {};
    expect(Number(expireTime?.seconds) - Number(refreshTime?.seconds)).toBe(30 * 24 * 60 * 60);
    const second = await refresh(first.tokens?.refreshToken ?? "");
    expect(second.session?.id).toBe(ada.sessionId);
  });

  test("ends the session when a token is used twice, for the newest tokens too", async () => {
    const ada = await service.signIn();
    const { tokens } = await refresh(ada.refreshToken);
    await expect(refresh(ada.refreshToken)).rejects.toMatchObject(REVOKED);
    await expect(refresh(tokens?.refreshToken ?? "")).rejects.toMatchObject(REVOKED);
    const self = service.client.getUser({ id: ada.user.id }, ada.context());
    await expect(self).rejects.toMatchObject({ reason: "UNAUTHENTICATED" });
  });

  test("leaves the user's other sessions open when a token is used twice", async () => {
    const phone = await service.signIn();
    const laptop = await service.signIn(phone.user);
    await refresh(phone.refreshToken);
    await expect(refresh(phone.refreshToken)).rejects.toMatchObject(REVOKED);
    expect((await refresh(laptop.refreshToken)).session?.id).toBe(laptop.sessionId);
  });

  test("answers one of two refreshes at once with one token, and then ends the session", async () => {
    for (let turn = 0; turn < 10; turn++) {
      const ada = await service.signIn();
      const settled = await Promise.allSettled([
        refresh(ada.refreshToken),
        refresh(ada.refreshToken),
      ]);
      const won = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(won).toHaveLength(1);
      await expect(refresh(won[0]?.tokens?.refreshToken ?? "")).rejects.toMatchObject(REVOKED);
    }
  });

  test("fails with the same SESSION_REVOKED for an expired, an unknown and a made-up token", async () => {
    const ada = await service.signIn();
    await expire(ada.sessionId);
    const secret = ada.refreshToken.split(".")[1];
    const tokens = [
      ada.refreshToken,
      `${newId()}.${secret}`,
      "garbage",
      "a\0b",
      "x".repeat(10_000),
      `${"-".repeat(36)}.${secret}`,
    ];
    const messages = new Set<string>();
    for (const token of tokens) {
      const error = await refresh(token).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject(REVOKED);
      if (error instanceof Error) messages.add(error.message);
    }
    expect(messages.size).toBe(1);
  });

  test("ends a session when its id is shown with a wrong secret", async () => {
    const ada = await service.signIn();
    const guess = `${ada.sessionId}.${"A".repeat(43)}`;
    await expect(refresh(guess)).rejects.toMatchObject(REVOKED);
    await expect(refresh(ada.refreshToken)).rejects.toMatchObject(REVOKED);
  });
});

describe("ListSessions", () => {
  test("pages through the caller's open sessions, newest first, without expired ones", async () => {
    const first = await service.signIn();
    const gone = await service.signIn(first.user);
    await expire(gone.sessionId);
    await service.signIn();
    const later = [];
    for (let index = 0; index < 4; index++) later.push(await service.signIn(first.user));
    const expected = [...later.map(({ sessionId }) => sessionId).reverse(), first.sessionId];
    const seen: string[] = [];
    let pageToken = "";
    do {
      const request = { pageSize: 2, pageToken };
      const page = await service.client.listSessions(request, first.context());
      seen.push(...page.sessions.map(({ id }) => id));
      // A session that is opened between two pages belongs before them.
      await service.signIn(first.user);
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(seen).toEqual(expected);
  });

  test("fails with INVALID_ARGUMENT for another user's page token", async () => {
    const ada = await service.signIn();
    await service.signIn(ada.user);
    const bob = await service.signIn();
    const { nextPageToken } = await service.client.listSessions({ pageSize: 1 }, ada.context());
    const call = service.client.listSessions({ pageToken: nextPageToken }, bob.context());
    await expect(call).rejects.toMatchObject({ violations: [{ field: "page_token" }] });
  });

  test("fails with UNAUTHENTICATED for an anonymous caller", async () => {
    await expect(service.client.listSessions({}, contextFor())).rejects.toMatchObject({
      reason: "UNAUTHENTICATED",
    });
  });
});

describe("DeleteSession", () => {
  test("ends one of the caller's sessions and its refresh token, and no other", async () => {
    const phone = await service.signIn();
    const laptop = await service.signIn(phone.user);
    await service.client.deleteSession({ id: phone.sessionId }, laptop.context());
    await expect(refresh(phone.refreshToken)).rejects.toMatchObject(REVOKED);
    const { sessions } = await service.client.listSessions({}, laptop.context());
    expect(sessions.map(({ id }) => id)).toEqual([laptop.sessionId]);
  });

  test("fails with SESSION_NOT_FOUND for another user's, an expired and an unknown session", async () => {
    const ada = await service.signIn();
    const bob = await service.signIn();
    const expired = await service.signIn(ada.user);
    await expire(expired.sessionId);
    for (const id of [bob.sessionId, expired.sessionId, newId()]) {
      const call = service.client.deleteSession({ id }, ada.context());
      await expect(call).rejects.toMatchObject({
        reason: "SESSION_NOT_FOUND",
        code: status.NOT_FOUND,
        metadata: { id },
      });
    }
    expect((await service.client.listSessions({}, bob.context())).sessions).toHaveLength(1);
  });

  test("fails with INVALID_ARGUMENT for a malformed id, and UNAUTHENTICATED when anonymous", async () => {
    const ada = await service.signIn();
    const current = service.client.deleteSession({ id: "current" }, ada.context());
    await expect(current).rejects.toMatchObject({ violations: [{ field: "id" }] });
    const anonymous = service.client.deleteSession({ id: newId() }, contextFor());
    await expect(anonymous).rejects.toMatchObject({ reason: "UNAUTHENTICATED" });
  });
});

describe("the sessions of one user", () => {
  test("are at most 50: a sign-in ends the expired ones and the one with the oldest refresh", async () => {
    const ada = await service.signIn();
    const expired = await service.signIn(ada.user);
    await expire(expired.sessionId);
    await openSessions(ada, 49);
    const newest = await service.signIn(ada.user);
    const request = { pageSize: 100 };
    const { sessions } = await service.client.listSessions(request, newest.context());
    expect(sessions).toHaveLength(50);
    const ids = sessions.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([newest.sessionId, ada.sessionId]));
    const { rows } = await service.database
      .for(ada.user.id)
      .write({ name: "all", text: "select from sessions where user_id = $1" }, [ada.user.id]);
    expect(rows).toHaveLength(50);
  });
});
