import { createDatabase, type Database } from "@triptych/chassis/database/database";
import type { UserCaller } from "@triptych/chassis/identity/caller";
import { newId } from "@triptych/chassis/ids/new-id";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import type { Client } from "@triptych/chassis/rpc/client/client";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { createTestDatabase } from "@triptych/chassis/testing/test-database";
import { startTestService } from "@triptych/chassis/testing/test-service";
import { createTestTokens } from "@triptych/chassis/testing/test-tokens";
import type { Comment } from "@triptych/protos/comments/v1/comment_pb";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { createApp } from "#app.ts";
import { type ImagesServer, startImagesServer } from "./images-server.ts";

/** A user who is signed in. */
export interface TestUser {
  readonly id: string;
  /** Creates the context of a call by this user. */
  readonly context: () => CallContext;
}

/**
 * The whole comments service: over real gRPC, on a real Postgres, with a small images service as
 * its callee.
 */
export interface CommentsUnderTest extends AsyncDisposable {
  readonly client: Client<typeof CommentService>;
  readonly images: ImagesServer;
  readonly database: Database;
  /** The operator's switch. */
  readonly readOnly: Database["readOnly"];
  /** Signs a new user in. */
  signIn(): Promise<TestUser>;
  /** Writes a comment, or a reply. */
  write(user: TestUser, imageId: string, options?: WriteOptions): Promise<Comment>;
  /** Moves the service's clock forward. */
  advanceClock(milliseconds: number): void;
}

/** What a test may choose of a comment. */
export interface WriteOptions {
  readonly parentId?: string;
  readonly body?: string;
}

const POOL_MAX = 10;
const ACQUIRE_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 5_000;

/** Starts the service for one test file. */
export async function startComments(): Promise<CommentsUnderTest> {
  const resources = new AsyncDisposableStack();
  const tokens = createTestTokens();
  const { url } = resources.use(
    await createTestDatabase({ migrations: new URL("../migrations/", import.meta.url) }),
  );
  const images = resources.use(await startImagesServer(tokens.jwks));
  const { transport } = images;
  let passedMs = 0;
  const app = resources.adopt(
    createApp(
      {
        databaseUrl: url,
        databasePoolMax: POOL_MAX,
        accessTokenPublicKeys: tokens.jwks,
        failurePolicy: "on",
      },
      {
        logger: createLogger({ service: "comments", level: "silent" }),
        images: transport,
        clock: () => new Date(Date.now() + passedMs),
      },
    ),
    (it) => it.close(),
  );
  await app.prepare(new AbortController().signal);
  const client = resources.use(await startTestService(app)).client(CommentService);
  const database = resources.adopt(
    createDatabase({
      url,
      applicationName: "test",
      poolMax: 1,
      readAttemptsMax: 4,
      acquireTimeoutMs: ACQUIRE_TIMEOUT_MS,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    }),
    (it) => it.close(),
  );
  return {
    client,
    images,
    database,
    readOnly: app.readOnly,
    async signIn() {
      const userId = newId();
      const token = await tokens.tokenFor(userId);
      const caller: UserCaller = {
        kind: "user",
        userId,
        sessionId: "session",
        operator: false,
        token,
      };
      return { id: userId, context: () => contextFor(caller) };
    },
    write: (user, imageId, { parentId, body = "a comment" } = {}) =>
      client.createComment({ imageId, parentId, body }, user.context()),
    advanceClock(milliseconds) {
      passedMs += milliseconds;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
