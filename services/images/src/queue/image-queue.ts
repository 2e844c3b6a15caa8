import type { Connection } from "@triptych/chassis/database/connection";
import type { Database } from "@triptych/chassis/database/database";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import { type Db, PgBoss } from "pg-boss";
import { COMMON_OPTIONS, PROCESS_IMAGE } from "./queue-options.ts";

/** The content of a job. */
export interface ProcessImageJob {
  readonly imageId: string;
}

/** The producer's side of the queue. Runs none of its loops, which belong to the workers. */
export interface ImageQueue {
  /**
   * Reads the queue's options. Must be called once the queue's tables exist, and before the first
   * job.
   */
  start(): Promise<void>;
  /** Adds a job in the transaction of the connection. */
  enqueue(connection: Connection, imageId: string): Promise<void>;
  close(): Promise<void>;
}

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
    async enqueue(connection, imageId) {
      const db = toDb((body) => body(connection));
      await boss.send(PROCESS_IMAGE, { imageId } satisfies ProcessImageJob, { db });
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
