import type { Connection } from "@triptych/chassis/database/connection";
import type { Database } from "@triptych/chassis/database/database";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import { type Db, PgBoss } from "pg-boss";
import { COMMON_OPTIONS, PROCESS_IMAGE } from "./queue-options.ts";

/** What a job of the queue says. */
export interface ProcessImageJob {
  readonly imageId: string;
}

/** Asks for images to be processed. Runs none of the queue's loops: those are the workers'. */
export interface ImageQueue {
  /**
   * Reads the queue's options, once its tables are there. To be called before the first job is
   * added.
   */
  start(): Promise<void>;
  /** Adds a job in the transaction of the connection. */
  enqueue(connection: Connection, imageId: string): Promise<void>;
  close(): Promise<void>;
}

/** The queue is not to change while a process runs. */
const QUEUE_CACHE_SECONDS = 24 * 60 * 60;

/** Makes the producer's side of the queue, over the connections of the service's database. */
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
 * Shows a connection as pg-boss knows one; its types want arrays that may be changed, which it does
 * not do.
 */
function toDb(run: Run): Db {
  return {
    executeSql: async (text, values) => {
      const { rows } = await run((connection) => connection.execute<unknown>(text, values));
      return { rows: [...rows] };
    },
  };
}
