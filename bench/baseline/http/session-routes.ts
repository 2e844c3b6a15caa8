import { createHash, randomBytes } from "node:crypto";
import { verify } from "@node-rs/argon2";
import type { FastifyInstance } from "fastify";
import type { Database } from "#baseline/store/database.ts";
import { newId } from "#baseline/store/new-id.ts";
import { INSERT_SESSION, SELECT_ACCOUNT } from "#baseline/store/statements.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { Problem } from "./problem.ts";
import { createRateLimit } from "./rate-limit.ts";
import { NEW_SESSION, SESSION } from "./schemas.ts";

interface SessionRoute {
  readonly Body: { readonly login: string; readonly password: string };
}

interface AccountRow {
  readonly id: string;
  readonly handle: string;
  readonly email: string;
  readonly password_hash: string;
  readonly display_name: string;
  readonly bio: string;
  readonly avatar_image_id: string | null;
  readonly follower_count: number;
  readonly following_count: number;
  readonly create_time: string;
}

/** What signing in needs. */
export interface SessionDependencies {
  readonly database: Database;
  readonly tokens: AccessTokens;
  /** Sign-ins of one login from one address, a minute. */
  readonly signInLimit: number;
}

const ACCESS_TOKEN_LIFETIME_SECONDS = 600;
const SESSION_LIFETIME_MS = 30 * 24 * 60 * 60 * 1_000;
const SECRET_BYTES = 32;
const USER_AGENT_CHARACTERS_MAX = 256;
/** Verified for an unknown login, so that it takes as long. It has Triptych's parameters. */
const NO_HASH = `$argon2id$v=19$m=19456,t=2,p=1$${"A".repeat(22)}$${"A".repeat(43)}`;

/** Adds the route of signing in. */
export function sessionRoutes(server: FastifyInstance, dependencies: SessionDependencies): void {
  const { database, tokens, signInLimit } = dependencies;
  const count = createRateLimit(signInLimit);

  server.post<SessionRoute>(
    "/v1/sessions",
    { schema: { body: NEW_SESSION, response: { 201: SESSION } } },
    async (request, reply) => {
      const login = request.body.login.trim().toLowerCase();
      count(`${request.ip} ${login}`);
      const [account] = await database.rows<AccountRow>(SELECT_ACCOUNT, [login]);
      const password = request.body.password.normalize("NFC");
      const matches = await verify(account?.password_hash ?? NO_HASH, password);
      if (account === undefined || !matches) throw new Problem("BAD_CREDENTIALS");
      const sessionId = newId();
      const refreshToken = `${sessionId}.${randomBytes(SECRET_BYTES).toString("base64url")}`;
      const [accessToken] = await Promise.all([
        tokens.sign({ userId: account.id, sessionId }, ACCESS_TOKEN_LIFETIME_SECONDS),
        database.rows(INSERT_SESSION, [
          account.id,
          sessionId,
          createHash("sha256").update(refreshToken).digest(),
          (request.headers["user-agent"] ?? "").slice(0, USER_AGENT_CHARACTERS_MAX),
          new Date(Date.now() + SESSION_LIFETIME_MS).toISOString(),
        ]),
      ]);
      reply.code(201);
      const expiresIn = ACCESS_TOKEN_LIFETIME_SECONDS;
      return { accessToken, tokenType: "Bearer", expiresIn, refreshToken, user: toUser(account) };
    },
  );
}

function toUser(row: AccountRow) {
  return {
    id: row.id,
    handle: row.handle,
    displayName: row.display_name,
    bio: row.bio,
    avatarImageId: row.avatar_image_id,
    followerCount: row.follower_count,
    followingCount: row.following_count,
    createTime: row.create_time,
    email: row.email,
  };
}
