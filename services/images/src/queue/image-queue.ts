import type { Connection } from "@triptych/chassis/database/connection";
import type { Database } from "@triptych/chassis/database/database";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import { type Db, PgBoss } from "pg-boss";
import type { RenderJob } from "#domain/render-job.ts";
import { COMMON_OPTIONS, LARGE, PROCESS_IMAGE } from "./queue-options.ts";

/** The content of a job. */
export interface ProcessImageJob {
  readonly imageId: string;
  /** How many attempts to render it were aborted before this job; 0 if it does not say so. */
  readonly earlierAttempts?: number;
}

/** The producer's side of the queue. Runs none of its loops, which belong to the workers. */
export interface ImageQueue {
  /**
   * Reads the queue's options. Must be called once the queue's tables exist, and before the first
   * job.
   */
  start(): Promise<void>;
  /** Adds a job in the transaction of the connection. */
  enqueue(connection: Connection, job: RenderJob): Promise<void>;
  close(): Promise<void>;
}

/**
 * The least priority of pg-boss, an integer of Postgres. To reach it, some hundred million images
 * have to come while the queue is never empty; those behind it are rendered as they come.
 */
const TURN_MAX = 2_147_483_647;
/** What aborted an attempt, such as a lack of memory, may be over after a pause. */
const RETRY_SECONDS = 1;
/** The queue's options do not change while a process runs. */
const QUEUE_CACHE_SECONDS = 24 * 60 * 60;

/** Creates the producer, over the connections of the service's database. */
export function createImageQueue(database: Database, logger: Logger): ImageQueue {
  const boss = new PgBoss({
    ...COMMON_OPTIONS,
    db: toDb((body) => database.for("").transaction(body)),
    migrate: false,
    supervise: false,
    queueCacheIntervalSeconds: QUEUE_CACHE_SECONDS,
  });
  boss.on("error", (error) => logger.warn({ error }, "the queue's options could not be read"));
  return {
    async start() {
      await boss.start();
    },
    async enqueue(connection, { imageId, earlierAttempts, turn, isSmall }) {
      const content = { imageId, earlierAttempts } satisfies ProcessImageJob;
      await boss.send(PROCESS_IMAGE, content, {
        db: toDb((body) => body(connection)),
        // The highest priority is fetched first.
        priority: -Math.min(turn, TURN_MAX),
        ...(isSmall ? {} : { group: { id: LARGE } }),
        ...(earlierAttempts > 0 ? { startAfter: RETRY_SECONDS } : {}),
      });
    },
    async close() {
      await boss.stop({ graceful: false });
    },
  };
}

type Run = <Result>(body: (connection: Connection) => Promise<Result>) => Promise<Result>;

/**
 * Adapts a connection to pg-boss, whose types want mutable arrays, though it does not change them.
 */
function toDb(run: Run): Db {
  return {
    executeSql: async (text, values) => {
      const { rows } = await run((connection) => connection.execute<unknown>(text, values));
      return { rows: [...rows] };
    },
  };
}
