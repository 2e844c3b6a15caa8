import { type Call, jsonOf, type RouteCase } from "./route-case.ts";
import type { SeedData, SeedSession } from "./seed-data.ts";

const USERS = { needs: ["users"], decoratedBy: [] } as const;

/** Cases of sessions: sign-in, refresh, sign-out. */
export const SESSION_CASES: readonly RouteCase[] = [
  { route: "POST /v1/sessions", weight: 1, ...USERS, call: signIn },
  {
    route: "GET /v1/sessions",
    weight: 2,
    ...USERS,
    call: ({ random, people }) => ({
      method: "GET",
      path: "/v1/sessions",
      token: random.pick(people).token,
      expected: [200],
    }),
  },
  { route: "POST /v1/sessions/refresh", weight: 2, ...USERS, call: refresh },
  {
    route: "DELETE /v1/sessions/current",
    weight: 1,
    ...USERS,
    call: (seedData) => signOut(seedData, () => "current"),
  },
  {
    route: "DELETE /v1/sessions/{id}",
    weight: 1,
    ...USERS,
    call: (seedData) => signOut(seedData, idOf),
  },
];

/** Adds an open session to those that the load may use up. */
export function addSession({ sessions }: SeedData, key: string, answer: unknown): void {
  const { accessToken: token, refreshToken } = answer as {
    readonly accessToken: string;
    readonly refreshToken: string;
  };
  sessions.push({ key, token, refreshToken });
}

function signIn(seedData: SeedData): Call {
  const { handle: login, password } = seedData.random.pick(seedData.people);
  const key = `session ${seedData.mark()}`;
  const write = seedData.ledger.write(key, "open");
  return {
    method: "POST",
    path: "/v1/sessions",
    body: { login, password },
    expected: [201],
    onSuccess(success) {
      write.acknowledge(success);
      addSession(seedData, key, jsonOf(success.answer));
    },
  };
}

/**
 * A refresh token may be used once. A session without an answer may have ended, and is not used
 * again.
 */
function refresh(seedData: SeedData): Call {
  const session = seedData.sessions.shift();
  const call = { method: "POST", path: "/v1/sessions/refresh" };
  if (session === undefined) {
    return { ...call, body: { refreshToken: "there is none" }, expected: [401] };
  }
  seedData.ledger.write(session.key, null);
  return {
    ...call,
    body: { refreshToken: session.refreshToken },
    expected: [200],
    onSuccess(success) {
      seedData.ledger.write(session.key, "open").acknowledge(success);
      addSession(seedData, session.key, jsonOf(success.answer));
    },
  };
}

function signOut(seedData: SeedData, nameOf: (session: SeedSession) => string): Call {
  const session = seedData.sessions.pop();
  if (session === undefined) return signOutAgain(seedData, nameOf);
  const write = seedData.ledger.write(session.key, null);
  return {
    method: "DELETE",
    path: `/v1/sessions/${nameOf(session)}`,
    token: session.token,
    // 401 if the first of two attempts was executed and its answer lost.
    expected: [204, 401],
    onSuccess(success) {
      write.acknowledge(success);
      seedData.endedSessions.push(session);
    },
  };
}

/** Ends a session that has ended: as much work for users, while no session is left to end. */
function signOutAgain(seedData: SeedData, nameOf: (session: SeedSession) => string): Call {
  const session = seedData.random.pick(seedData.endedSessions);
  const path = `/v1/sessions/${nameOf(session)}`;
  return { method: "DELETE", path, token: session.token, expected: [401, 404] };
}

/** Returns the id of a session: the `sid` claim of its access token. */
function idOf({ token }: SeedSession): string {
  const [, claims = ""] = token.split(".");
  return JSON.parse(Buffer.from(claims, "base64url").toString("utf8")).sid;
}
