import { isFailure } from "@triptych/chassis/contract/failure";
import { requireUser } from "@triptych/chassis/identity/require-user";
import { newIdIn } from "@triptych/chassis/ids/new-id";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { readFields } from "@triptych/chassis/validation/field-reader";
import { type PagedList, toNextPageToken, toPage } from "@triptych/chassis/validation/page";
import { countCodePoints } from "@triptych/chassis/validation/text-violation";
import type { AccessTokens } from "./access-tokens.ts";
import { EMAIL_CODE_POINTS_MAX, PASSWORD_CODE_POINTS_MAX } from "./account-rules.ts";
import { keyOf } from "./accounts.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import {
  badCredentials,
  type Reason,
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

/** A page of sessions. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** What sessions need. */
export interface SessionsPorts {
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly hasher: PasswordHasher;
  readonly accessTokens: AccessTokens;
  /** Who runs the system: their access tokens say so. */
  readonly operatorUserIds: ReadonlySet<string>;
}

/** Signs in, refreshes, lists and ends sessions. Throws the reasons of `reasons.ts`. */
export interface Sessions {
  createSession(signIn: SignIn, context: CallContext): Promise<GrantedSession>;
  /** Gives new tokens for a refresh token. One that is not the current one ends its session. */
  refreshSession(refreshToken: string, context: CallContext): Promise<GrantedSession>;
  /** Lists the caller's open sessions, newest first. */
  listSessions(
    page: { readonly pageSize: number; readonly pageToken: string },
    context: CallContext,
  ): Promise<SessionPage>;
  /** Ends one of the caller's sessions, maybe the one that asks. */
  deleteSession(id: string, context: CallContext): Promise<void>;
}

/** Makes the sessions. */
export function createSessions(ports: SessionsPorts): Sessions {
  const { sessions, accessTokens, operatorUserIds } = ports;

  async function grant(open: OpenSession, refreshToken: string): Promise<GrantedSession> {
    const { session, account } = open;
    const { token } = await accessTokens.sign({
      subject: account.id,
      sessionId: session.id,
      operator: operatorUserIds.has(account.id),
    });
    const expiresInSeconds = ACCESS_TOKEN_LIFETIME_SECONDS;
    return { ...open, tokens: { accessToken: token, expiresInSeconds, refreshToken } };
  }

  return {
    async createSession(signIn, context) {
      checkSignIn(signIn);
      const userId = await authenticate(ports, signIn, context);
      const id = newIdIn(userId);
      const refreshToken = newRefreshToken(id);
      const userAgent = toUserAgent(signIn.userAgent);
      const session = { id, userAgent, refreshTokenHash: refreshToken.hash };
      const open = await sessions.insertSession(userId, session, context.signal);
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
      const list: PagedList = { query: ["ListSessions", key.userId], kinds: ["id"] };
      const { after, limit } = readFields((fields) => fields.page(request, list));
      if (!(await sessions.isSessionOpen(key, signal))) throw sessionEnded();
      const [afterId] = after ?? [];
      const found = await sessions.findSessions(key.userId, { afterId, limit: limit + 1 }, signal);
      const page = toPage(found, limit);
      return {
        sessions: page.items,
        nextPageToken: toNextPageToken(list, page, (session) => [session.id]),
      };
    },

    async deleteSession(id, { caller, signal }) {
      const key = keyOf(requireUser(caller));
      readFields((fields) => fields.id("id", id));
      if (!(await sessions.isSessionOpen(key, signal))) throw sessionEnded();
      const deleted = await sessions.deleteSession({ userId: key.userId, sessionId: id }, signal);
      if (!deleted) throw sessionNotFound(id);
    },
  };
}

/**
 * Finds whose login and password these are. Takes as long for an unknown login as for a wrong
 * password.
 */
async function authenticate(
  ports: SessionsPorts,
  { login, password }: SignIn,
  context: CallContext,
): Promise<string> {
  const found = await ports.users.findCredentials(login, context.signal);
  const matches = await ports.hasher.verify(found?.passwordHash, password, context);
  if (found === undefined || !matches) throw badCredentials();
  if (ports.hasher.needsRehash(found.passwordHash))
    await rehash(ports, { ...found, password }, context);
  return found.userId;
}

/** Hashes the password, which is at hand only now, with the parameters of now. */
async function rehash(
  { users, hasher }: SessionsPorts,
  credentials: Credentials & { readonly password: string },
  context: CallContext,
): Promise<void> {
  try {
    const hash = await hasher.hash(credentials.password, context);
    await users.replacePasswordHash(credentials, hash, context.signal);
  } catch (thrown) {
    // The sign-in is good already, and the next one tries again.
    if (!isFailure<Reason>(thrown, "HASHING_OVERLOADED")) throw thrown;
  }
}

/** Refuses what no account can have. Its length tells nothing of who has one. */
function checkSignIn({ login, password }: SignIn): void {
  readFields((fields) => {
    fields.text("login", login, { max: Number.POSITIVE_INFINITY });
    fields.text("password", password, { max: Number.POSITIVE_INFINITY });
  });
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
