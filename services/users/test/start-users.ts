import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createDatabase, type Database } from "@triptych/chassis/database/database";
import { createAuthenticator } from "@triptych/chassis/identity/authenticate";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import type { Client } from "@triptych/chassis/rpc/client/client";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { createTestDatabase } from "@triptych/chassis/testing/test-database";
import { startTestService } from "@triptych/chassis/testing/test-service";
import { createTestTokens, type TestTokens } from "@triptych/chassis/testing/test-tokens";
import type { User } from "@triptych/protos/users/v1/user_pb";
import { type CreateSessionResponse, UserService } from "@triptych/protos/users/v1/user_service_pb";
import { createApp } from "#app.ts";
import { type ImagesServer, startImagesServer } from "./images-server.ts";

/** A password that breaks no rule. */
export const PASSWORD = "a lighthouse on Skye";

/**
 * The user id of the operator. The service chooses the id of a new account, so a test has to change
 * it to this one.
 */
export const OPERATOR_ID = "019aaf3e-6c2b-7cc0-8a44-00000000000f";

/** A user who is signed in. */
export interface TestUser {
  readonly user: User;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Returns the context of a call that the user makes now. */
  readonly context: () => CallContext;
}

/**
 * The whole users service: over real gRPC, on a real Postgres, with a stand-in for images.
 */
export interface UsersUnderTest extends AsyncDisposable {
  readonly client: Client<typeof UserService>;
  /** Creates another client, as another process would have. */
  newClient(): Client<typeof UserService>;
  readonly images: ImagesServer;
  readonly database: Database;
  readonly tokens: TestTokens;
  /** Opens an account, with default values for the fields that are not given. */
  register(account?: Partial<NewTestUser>): Promise<User>;
  /** Signs the user in; by default a new one. */
  signIn(user?: User): Promise<TestUser>;
  /** Moves the clock of the service forward. */
  advanceClock(milliseconds: number): void;
}

/** The fields of a new account. */
export interface NewTestUser {
  readonly handle: string;
  readonly email: string;
  readonly displayName: string;
}

const POOL_MAX = 10;
const ACQUIRE_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 5_000;
const SLOW_CALL_MS_MAX = 10_000;

/** Returns the context of a call that has the timeout of the slowest method. */
export function unhurried(): CallContext {
  return contextFor(undefined, { timeoutMs: SLOW_CALL_MS_MAX });
}

/** Returns a handle that is free. */
export function newHandle(): string {
  return `u_${randomUUID().replaceAll("-", "").slice(0, 20)}`;
}

/** Starts the service for one test file. `log` receives each line of its log. */
export async function startUsers(log?: (line: string) => void): Promise<UsersUnderTest> {
  const resources = new AsyncDisposableStack();
  const tokens = createTestTokens();
  const { url } = resources.use(
    await createTestDatabase({ migrations: new URL("../migrations/", import.meta.url) }),
  );
  const images = resources.use(await startImagesServer(tokens.jwks));
  const { transport } = images;
  const configuration = {
    databaseUrl: url,
    databasePoolMax: POOL_MAX,
    accessTokenPublicKeys: tokens.jwks,
    accessTokenPrivateKey: tokens.privateJwk,
    operatorUserIds: [OPERATOR_ID],
    failurePolicy: "on" as const,
  };
  const logger = createLogger({
    service: "users",
    level: log ? "trace" : "silent",
    destination: { write: (line) => log?.(line) },
  });
  let passedMs = 0;
  const clock = () => new Date(Date.now() + passedMs);
  const app = resources.adopt(
    createApp(configuration, { logger, images: transport, clock }),
    (it) => it.close(),
  );
  await app.prepare(new AbortController().signal);
  const served = resources.use(await startTestService(app));
  const client = served.client(UserService);
  const database = resources.adopt(connect(url), (it) => it.close());
  const authenticate = createAuthenticator(tokens.jwks);

  async function register(account: Partial<NewTestUser> = {}): Promise<User> {
    const handle = account.handle ?? newHandle();
    const email = `${handle}@example.org`;
    return client.createUser({ handle, email, password: PASSWORD, ...account }, unhurried());
  }

  return {
    client,
    newClient: () => served.client(UserService),
    images,
    database,
    tokens,
    register,
    async signIn(user) {
      const { handle } = user ?? (await register());
      const request = { login: handle, password: PASSWORD, userAgent: "test" };
      const granted = await client.createSession(request, unhurried());
      const caller = await authenticate(`Bearer ${granted.tokens?.accessToken}`);
      return toTestUser(granted, () => contextFor(caller));
    },
    advanceClock(milliseconds) {
      passedMs += milliseconds;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function toTestUser(granted: CreateSessionResponse, context: () => CallContext): TestUser {
  const { user, session, tokens } = granted;
  assert(user && session && tokens);
  const { accessToken, refreshToken } = tokens;
  return { user, sessionId: session.id, accessToken, refreshToken, context };
}

function connect(url: string): Database {
  return createDatabase({
    url,
    applicationName: "test",
    poolMax: 2,
    readAttemptsMax: 4,
    acquireTimeoutMs: ACQUIRE_TIMEOUT_MS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
}
