import assert from "node:assert/strict";
import type { Database } from "@triptych/chassis/database/database";
import { newId } from "@triptych/chassis/ids/new-id";
import { findStatementNames } from "@triptych/chassis/testing/plans/explain-statements";
import {
  findGrowth,
  findPlanFaults,
  type HotStatements,
  type MeasuredPlans,
  measurePlans,
  type Scenarios,
} from "@triptych/chassis/testing/plans/measure-plans";
import { numberedId } from "@triptych/chassis/testing/plans/numbered-ids";
import {
  type ExplainedDatabase,
  startExplainedDatabase,
} from "@triptych/chassis/testing/plans/start-explained-database";
import { MIGRATIONS } from "#migrations.ts";
import { createSessionRepository } from "#repository/session-repository.ts";
import { createUserRepository } from "#repository/user-repository.ts";

/** The indexes of each statement that a request runs. */
const HOT = {
  select_taken: ["users_email_key", "users_handle_key"],
  insert_account: [],
  select_user: ["users_pkey"],
  select_users: ["users_pkey"],
  select_user_by_handle: ["users_handle_key"],
  select_users_by_prefix: ["display_name_prefixes_pkey", "users_handle_key"],
  select_account: ["sessions_id_key", "users_pkey"],
  update_profile: ["sessions_id_key", "users_pkey"],
  select_credentials_by_handle: ["users_handle_key"],
  select_credentials_by_email: ["users_email_key"],
  update_password_hash: ["users_pkey"],
  lock_account: ["users_pkey"],
  select_session_account: ["users_pkey"],
  insert_session: [],
  delete_surplus_sessions: ["sessions_pkey"],
  lock_session: ["sessions_id_key"],
  update_session: ["sessions_id_key"],
  select_open_session: ["sessions_id_key"],
  select_sessions: ["sessions_pkey"],
  delete_session: ["sessions_id_key"],
  delete_revoked_session: ["sessions_id_key"],
} as const satisfies HotStatements;

/** Every other statement, and why its plan does not matter. */
const COLD: Readonly<Record<string, string>> = {
  select_users_by_long_prefix: "the names that begin with the same 33 characters are few",
};

const FEW = 1_000;
const MANY = 10 * FEW;
/** The largest page, and the row that tells whether another follows. */
const LIMIT = 101;
/** 5 s on a quiet machine. */
const FILL_MS_MAX = 240_000;

let explained: ExplainedDatabase;
let few: MeasuredPlans;
let many: MeasuredPlans;

beforeAll(async () => {
  explained = await startExplainedDatabase(MIGRATIONS);
  await addUsers(1, FEW);
  few = await measurePlans(explained, scenariosOf(explained.database, 0));
  await addUsers(FEW + 1, MANY);
  many = await measurePlans(explained, scenariosOf(explained.database, 10));
}, FILL_MS_MAX);
afterAll(() => explained[Symbol.asyncDispose]());

/** Adds the users with these numbers, each with three sessions. Half share one display name. */
async function addUsers(from: number, to: number): Promise<void> {
  const numbers = `generate_series(${from}, ${to}) as n`;
  await explained.query(`
    insert into users (id, handle, email, email_key, display_name, display_name_key, password_hash)
    select numbered_id(n), 'user_' || lpad(n::text, 6, '0'), n || '@example.org',
      n || '@example.org', name, name, 'hash'
    from ${numbers}, lateral (
      select case when n % 2 = 0 then 'anna smith' else 'bob ' || n end as name
    ) as named`);
  await explained.query(`
    insert into sessions (user_id, id, refresh_token_hash, expire_time)
    select numbered_id(n), numbered_id(n * 3 + k), sha256('secret'), now() + interval '1 day'
    from ${numbers}, generate_series(0, 2) as k`);
  await explained.vacuum("users", "sessions", "display_name_prefixes");
}

function handleOf(number: number): string {
  return `user_${String(number).padStart(6, "0")}`;
}

/** What requests ask for. Those that write change the users from `base` on. */
function scenariosOf(database: Database, base: number): Scenarios {
  return { ...readsOf(database), ...writesOf(database, base), ...sessionsOf(database, base) };
}

function readsOf(database: Database): Scenarios {
  const users = createUserRepository(database);
  const { signal } = new AbortController();
  const list = (prefix: string, after?: string) => () =>
    users.listUsers(
      { prefix, after: after === undefined ? undefined : [after], limit: LIMIT },
      signal,
    );
  const ids = Array.from({ length: 30 }, (_, index) => numberedId(500 + index));
  const key = { userId: numberedId(500), sessionId: numberedId(1500) };
  return {
    "a user": () => users.findUser(numberedId(500), signal),
    "30 users": () => users.findUsers(ids, signal),
    "a user by handle": () => users.findUserByHandle(handleOf(500), signal),
    "users by a letter": list("a"),
    "users by a letter, deep": list("a", handleOf(500)),
    "users by a full name": list("anna smith"),
    "users by a full name, deep": list("anna smith", handleOf(500)),
    "users by the handles of all": list("user_"),
    "users by the handles of all, deep": list("user_", handleOf(500)),
    "users by a name of nobody": list("nobody"),
    "an account": () => users.findAccount(key, new Date(), signal),
    "credentials by handle": () => users.findCredentials(handleOf(500), signal),
    "credentials by e-mail": () => users.findCredentials("500@example.org", signal),
  };
}

function writesOf(database: Database, base: number): Scenarios {
  const users = createUserRepository(database);
  const { signal } = new AbortController();
  const account = { displayName: "a name", passwordHash: "hash", createTime: new Date() };
  const user = base + 1;
  const key = { userId: numberedId(user), sessionId: numberedId(user * 3) };
  const handle = `new_${base}`;
  return {
    "a registration": () =>
      users.insertAccount({ ...account, id: newId(), handle, email: `${handle}@x.org` }, signal),
    "a registration of a handle that is taken": () =>
      users.insertAccount({ ...account, id: newId(), handle, email: "other@x.org" }, signal),
    "a change of a profile": async () => {
      const update = { change: { displayName: "Ada" }, version: undefined, now: new Date() };
      assert(await users.updateProfile(key, update, signal));
    },
    "a new hash of a password": () =>
      users.replacePasswordHash({ userId: numberedId(user), passwordHash: "hash" }, "new", signal),
  };
}

function sessionsOf(database: Database, base: number): Scenarios {
  const sessions = createSessionRepository(database);
  const { signal } = new AbortController();
  const now = new Date();
  const userId = numberedId(base + 2);
  const [first, second, third] = [0, 1, 2].map((index) => numberedId((base + 2) * 3 + index));
  assert(first && second && third);
  const secret = { refreshTokenHash: Buffer.alloc(32, 1), expireTime: new Date(2 ** 42) };
  const page = { userId, now, limit: LIMIT };
  return {
    "an open session": async () =>
      assert(await sessions.isSessionOpen({ userId, sessionId: first }, now, signal)),
    sessions: () => sessions.listSessions({ ...page, after: undefined }, signal),
    "sessions, deep": () => sessions.listSessions({ ...page, after: [third] }, signal),
    "a sign-in": async () => {
      const session = { ...secret, id: newId(), userAgent: "", createTime: now };
      assert(await sessions.insertSession(userId, session, signal));
    },
    "a refresh": async () =>
      assert(await sessions.rotateSession(first, () => ({ ...secret, refreshTime: now }), signal)),
    "a stolen token": () => sessions.rotateSession(second, () => undefined, signal),
    "a sign-out": async () =>
      assert(await sessions.deleteSession({ userId, sessionId: third }, now, signal)),
  };
}

test("every statement is hot, with its indexes, or cold, for a reason", async () => {
  const names = await findStatementNames(new URL("../src/repository/", import.meta.url));
  expect(names).toEqual(Object.keys({ ...HOT, ...COLD }).sort());
});

test("every hot statement uses its indexes, scans no table and sorts no more than a page", () => {
  expect(findPlanFaults(many, HOT)).toEqual([]);
});

test("every request costs the same with ten times the rows", () => {
  expect(findGrowth(few, many)).toEqual([]);
});
