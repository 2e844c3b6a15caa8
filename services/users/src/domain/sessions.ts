import { newIdIn } from "@triptych/chassis/database/new-id";
import { requireUser } from "@triptych/chassis/identity/require-user";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import type { AccessTokens } from "./access-tokens.ts";
import { checkId, EMAIL_CODE_POINTS_MAX, PASSWORD_CODE_POINTS_MAX } from "./account-rules.ts";
import { keyOf } from "./accounts.ts";
import { type Page, type PageRequest, readPage, toPage } from "./page.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import {
  badCredentials,
  invalidArgument,
  sessionEnded,
  sessionNotFound,
  sessionRevoked,
} from "./reasons.ts";
import { newRefreshToken, parseRefreshToken } from "./refresh-token.ts";
import {
  ACCESS_TOKEN_LIFETIME_SECONDS,
  type Session,
  type SessionTokens,
  USER_AGENT_CODE_POINTS_MAX,
} from "./session.ts";
import type { OpenSession, SessionRepository } from "./session-repository.ts";
import { checkText, countCodePoints } from "./text-rules.ts";
import type { Account, Credentials } from "./user.ts";
import type { UserRepository } from "./user-repository.ts";

/** A sign-in. */
export interface SignIn {
  /** A handle or an e-mail address. */
  readonly login: string;
  readonly password: string;
  readonly userAgent: string;
}

/** A session with the tokens that go on with it. */
export interface GrantedSession {
  readonly session: Session;
  readonly account: Account;
  readonly tokens: SessionTokens;
}

/** What sessions need. */
export interface SessionsPorts {
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly hasher: PasswordHasher;
  readonly accessTokens: AccessTokens;
}

/** Signs in, refreshes, lists and ends sessions. Throws the reasons of `reasons.ts`. */
export interface Sessions {
  createSession(signIn: SignIn, context: CallContext): Promise<GrantedSession>;
  /** Gives new tokens for a refresh token. One that is not the current one ends its session. */
  refreshSession(refreshToken: string, context: CallContext): Promise<GrantedSession>;
  /** Lists the caller's open sessions, newest first. */
  listSessions(page: PageRequest, context: CallContext): Promise<Page<Session>>;
  /** Ends one of the caller's sessions, maybe the one that asks. */
  deleteSession(id: string, context: CallContext): Promise<void>;
}

/** Makes the sessions. */
export function createSessions(ports: SessionsPorts): Sessions {
  const { sessions, accessTokens } = ports;

  async function grant(open: OpenSession, refreshToken: string): Promise<GrantedSession> {
    const { session, account } = open;
    const { token } = await accessTokens.sign({ subject: account.id, sessionId: session.id });
    const expiresInSeconds = ACCESS_TOKEN_LIFETIME_SECONDS;
    return { ...open, tokens: { accessToken: token, expiresInSeconds, refreshToken } };
  }

  return {
    async createSession(signIn, context) {
      checkSignIn(signIn);
      const credentials = await authenticate(ports, signIn, context);
      const id = newIdIn(credentials.userId);
      const refreshToken = newRefreshToken(id);
      const userAgent = toUserAgent(signIn.userAgent);
      const session = { id, userAgent, refreshTokenHash: refreshToken.hash };
      const open = await sessions.insertSession(credentials, session, context.signal);
      if (open === undefined) throw badCredentials();
      return await grant(open, refreshToken.text);
    },

    async refreshSession(refreshToken, { signal }) {
      const shown = parseRefreshToken(refreshToken);
      if (shown === undefined) throw sessionRevoked();
      const { sessionId, hash: shownHash } = shown;
      const next = newRefreshToken(sessionId);
      const rotation = { sessionId, shownHash, nextHash: next.hash };
      const open = await sessions.rotateSession(rotation, signal);
      if (open === undefined) throw sessionRevoked();
      return await grant(open, next.text);
    },

    async listSessions(request, { caller, signal }) {
      const key = keyOf(requireUser(caller));
      const list = { query: ["ListSessions", key.userId], kind: "id" } as const;
      const { violations, after: afterId, limit } = readPage(list, request);
      if (violations.length > 0) throw invalidArgument(violations);
      if (!(await sessions.isSessionOpen(key, signal))) throw sessionEnded();
      const rows = await sessions.findSessions(key.userId, { afterId, limit }, signal);
      return toPage(rows, limit, { list, keyOf: (session) => session.id });
    },

    async deleteSession(id, { caller, signal }) {
      const key = keyOf(requireUser(caller));
      const violations = checkId("id", id);
      if (violations.length > 0) throw invalidArgument(violations);
      if (!(await sessions.isSessionOpen(key, signal))) throw sessionEnded();
      const deleted = await sessions.deleteSession({ userId: key.userId, sessionId: id }, signal);
      if (!deleted) throw sessionNotFound(id);
    },
  };
}

/** Finds whose login and password these are. Takes as long for an unknown login as for a wrong password. */
async function authenticate(
  { users, hasher }: SessionsPorts,
  { login, password }: SignIn,
  context: CallContext,
): Promise<Credentials> {
  const found = await users.findCredentials(login, context.signal);
  const matches = await hasher.verify(found?.passwordHash, password, context);
  if (found === undefined || !matches) throw badCredentials();
  if (!hasher.needsRehash(found.passwordHash)) return found;
  const passwordHash = await hasher.hash(password, context);
  await users.replacePasswordHash(found, passwordHash, context.signal);
  return { ...found, passwordHash };
}

/** Refuses what no account can have. Its length tells nothing of who has one. */
function checkSignIn({ login, password }: SignIn): void {
  const violations = [
    ...checkText("login", login, { max: Number.POSITIVE_INFINITY }),
    ...checkText("password", password, { max: Number.POSITIVE_INFINITY }),
  ];
  if (violations.length > 0) throw invalidArgument(violations);
  const tooLong =
    countCodePoints(login) > EMAIL_CODE_POINTS_MAX ||
    countCodePoints(password) > PASSWORD_CODE_POINTS_MAX;
  if (tooLong) throw badCredentials();
}

/** Cuts what a client says of itself to what is kept; a NUL or half a character becomes U+FFFD. */
function toUserAgent(text: string): string {
  const kept = [...text].slice(0, USER_AGENT_CODE_POINTS_MAX).join("");
  return kept.toWellFormed().replaceAll("\0", "\uFFFD");
}
