import type { Asker } from "@triptych/chassis/identity/asker";
import { newIdIn } from "@triptych/chassis/ids/new-id";
import { type Page, type PageQuery, toPage } from "@triptych/chassis/validation/page";
import type { AccessTokens } from "./access-tokens.ts";
import { badCredentials, sessionEnded, sessionNotFound, sessionRevoked } from "./reasons.ts";
import { newRefreshToken, parseRefreshToken } from "./refresh-token.ts";
import {
  ACCESS_TOKEN_LIFETIME_SECONDS,
  expireTimeFrom,
  type Session,
  type SessionKey,
  type SessionTokens,
  toUserAgent,
} from "./session.ts";
import type { OpenSession, SessionRepository } from "./session-repository.ts";
import { decideRotation, type LockedSession } from "./session-rotation.ts";
import { type SignIn, type SignInDependencies, verifySignIn } from "./sign-in.ts";
import type { Account } from "./user.ts";

/** A session with the tokens that continue it. */
export interface GrantedSession {
  readonly session: Session;
  readonly account: Account;
  readonly tokens: SessionTokens;
}

/** The parts that the sessions need. */
export interface SessionsDependencies extends SignInDependencies {
  readonly sessions: SessionRepository;
  readonly accessTokens: AccessTokens;
  /** Users who run the system: their access tokens say so. */
  readonly operatorUserIds: ReadonlySet<string>;
  /** The current time. */
  readonly clock: () => Date;
}

/** Signs in, refreshes, lists and ends sessions. Throws the reasons of `reasons.ts`. */
export interface Sessions {
  createSession(signIn: SignIn, asker: Asker): Promise<GrantedSession>;
  /** Returns new tokens for a refresh token. One that is not the current one ends its session. */
  refreshSession(refreshToken: string, signal: AbortSignal): Promise<GrantedSession>;
  /** Lists the open sessions of a session's user, newest first. */
  listSessions(key: SessionKey, query: PageQuery, signal: AbortSignal): Promise<Page<Session>>;
  /** Ends a session of the same user, which may be the one of the key. */
  deleteSession(id: string, key: SessionKey, signal: AbortSignal): Promise<void>;
}

export function createSessions(dependencies: SessionsDependencies): Sessions {
  const { sessions, accessTokens, operatorUserIds, clock } = dependencies;

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

  async function checkOpen(key: SessionKey, signal: AbortSignal): Promise<void> {
    if (!(await sessions.isSessionOpen(key, clock(), signal))) throw sessionEnded();
  }

  return {
    async createSession(signIn, asker) {
      const userId = await verifySignIn(dependencies, signIn, asker);
      const id = newIdIn(userId);
      const refreshToken = newRefreshToken(id);
      const userAgent = toUserAgent(signIn.userAgent);
      const createTime = clock();
      const session = {
        id,
        userAgent,
        refreshTokenHash: refreshToken.hash,
        createTime,
        expireTime: expireTimeFrom(createTime),
      };
      const open = await sessions.insertSession(userId, session, asker.signal);
      if (open === undefined) throw badCredentials();
      return await grant(open, refreshToken.text);
    },

    async refreshSession(refreshToken, signal) {
      const shown = parseRefreshToken(refreshToken);
      if (shown === undefined) throw sessionRevoked();
      const { sessionId, hash: shownHash } = shown;
      const next = newRefreshToken(sessionId);
      const token = { shownHash, nextHash: next.hash };
      const decide = (current: LockedSession) => decideRotation(current, token, clock());
      const open = await sessions.rotateSession(sessionId, decide, signal);
      if (open === undefined) throw sessionRevoked();
      return await grant(open, next.text);
    },

    async listSessions(key, { after, limit }, signal) {
      await checkOpen(key, signal);
      const query = { userId: key.userId, now: clock(), after, limit: limit + 1 };
      return toPage(await sessions.listSessions(query, signal), limit);
    },

    async deleteSession(id, key, signal) {
      await checkOpen(key, signal);
      const target = { userId: key.userId, sessionId: id };
      const deleted = await sessions.deleteSession(target, clock(), signal);
      if (!deleted) throw sessionNotFound(id);
    },
  };
}
