import { setTimeout as delay } from "node:timers/promises";
import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import pg from "pg";
import { type CallPriority, priorityOf } from "#admission/call-priority.ts";
import { Semaphore } from "#concurrency/semaphore.ts";
import type { PoolStatistics } from "#telemetry/pool-metrics.ts";
import { type CancelQuery, createCancelQuery } from "./cancel-query.ts";
import { canceledBy, PoolBusy, toConnectError } from "./database-error.ts";
import { HoldTime } from "./hold-time.ts";

/** The options of a connection pool. */
export interface PoolOptions {
  /** postgres://role:password@host:port/database */
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly poolMax: number;
  /**
   * The most that a caller waits for a free connection, and the most that opening one takes.
   */
  readonly acquireTimeoutMs: number;
  /** The most that a statement takes. Postgres enforces it. */
  readonly statementTimeoutMs: number;
  /** Called with the wait of each caller for its connection. */
  readonly onAcquire?: (waitSeconds: number) => void;
  /** Called with the error of an idle connection. The pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/** A connection pool: lends connections, each to one borrower at a time. */
export interface Pool {
  /**
   * Lends a connection, which must be released. The most critical calls go first. Throws PoolBusy
   * if none comes free in time, CannotConnect if none can be opened, and QueryCanceled if the
   * signal fires in the queue.
   */
  acquire(signal: AbortSignal | undefined): Promise<pg.PoolClient>;
  /** Takes a connection back, or closes it if it is broken. */
  release(client: pg.PoolClient, broken: boolean): void;
  /**
   * Replaces all connections that are open now, since the state of their sessions may be outdated.
   */
  renew(): void;
  readonly cancelQuery: CancelQuery;
  /** For how long a query may go on, once its signal has fired, before it is canceled. */
  cancelDelayMs(): number;
  statistics(): PoolStatistics;
  close(): Promise<void>;
}

/**
 * The part of its remaining time that a call waits for a connection. Less critical calls fail
 * before their deadline, as overloaded: a breaker would take a passed deadline for a database that
 * hangs. They leave earlier if less time would be left than connections are held for lately. A
 * statement that is begun too late is canceled, which costs the connection more time than the
 * statement: with 16 statements a second and ten times the load, a third of them were lost.
 * Critical calls wait until their deadline.
 */
const QUEUE_SHARES: Readonly<Partial<Record<Criticality, number>>> = {
  [Criticality.SHEDDABLE]: 0.75,
  [Criticality.DEFAULT]: 0.85,
};
/** Holds vary: a statement may need twice the mean. */
const HOLDS_NEEDED = 2;
/** In a process that is starved of its processor all holds are long: a call waits for so much. */
const QUEUE_SHARE_MIN = 0.5;
/** After a database was frozen, connections have been held for seconds. */
const CANCEL_DELAY_MS_MAX = 250;
/** At rest few connections stay open, since each costs Postgres several megabytes. */
const IDLE_MS_MAX = 10_000;
const KEEP_ALIVE_DELAY_MS = 10_000;
/** Added for a server that no longer answers: Postgres' own statement timeout comes before. */
const ANSWER_GRACE_MS = 1_000;
/** Longer than any statement takes while a process drains. */
const CLOSE_MS_MAX = 5_000;
const INT8_OID = 20;

function parseInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is not a safe integer`);
  return value;
}

/** The longest wait of a call, where connections are held for `holdMs`. */
function queueMsMax(call: CallPriority | undefined, holdMs: number): number {
  if (call === undefined) return Number.POSITIVE_INFINITY;
  const share = QUEUE_SHARES[call.criticality];
  if (share === undefined) return Number.POSITIVE_INFINITY;
  const leftMs = Math.max(0, call.deadline - Date.now());
  return Math.min(
    leftMs * share,
    Math.max(leftMs * QUEUE_SHARE_MIN, leftMs - holdMs * HOLDS_NEEDED),
  );
}

/** pg returns bigint as text. Here it becomes a number, and one beyond the safe integers throws. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === INT8_OID && format !== "binary"
      ? parseInteger
      : format === "binary"
        ? pg.types.getTypeParser(oid, "binary")
        : pg.types.getTypeParser(oid, "text"),
};

/**
 * Returns a connection pool that opens nothing before the first acquire, and survives the loss of
 * its connections.
 */
export function createPool(options: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.poolMax,
    min: 0,
    connectionTimeoutMillis: options.acquireTimeoutMs,
    idleTimeoutMillis: IDLE_MS_MAX,
    statement_timeout: options.statementTimeoutMs,
    query_timeout: options.statementTimeoutMs + ANSWER_GRACE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    allowExitOnIdle: true,
    types,
  });
  // A caller cannot leave pg's own queue. That one stays empty, since there are as many permits as
  // connections. This queue is bounded by time, and by admission.
  const permits = new Semaphore({
    permits: options.poolMax,
    queueMax: Number.POSITIVE_INFINITY,
  });
  let fresh = new WeakSet<pg.PoolClient>();
  const holds = new HoldTime();
  pool.on("connect", (client) => fresh.add(client));
  // Without a listener the error of an idle connection would end the process.
  pool.on("error", (error) => options.onIdleError?.(error));

  async function acquirePermit(signal: AbortSignal | undefined): Promise<void> {
    const call = priorityOf(signal);
    const waitMsMax = Math.min(options.acquireTimeoutMs, queueMsMax(call, holds.meanMs));
    const priority = call?.criticality ?? Criticality.DEFAULT;
    const acquired = await permits.acquire({ signal, waitMsMax, priority }).catch((reason) => {
      throw signal === undefined ? reason : canceledBy(signal);
    });
    if (acquired === "permitted") return;
    throw new PoolBusy(`no connection came free within ${Math.round(waitMsMax)} ms`);
  }

  /** Takes a connection for a permit, which it releases if there is none. */
  async function connect(): Promise<pg.PoolClient> {
    try {
      for (;;) {
        const client = await pool.connect();
        if (fresh.has(client)) {
          holds.begin(client);
          return client;
        }
        client.release(true);
      }
    } catch (error) {
      permits.release();
      throw toConnectError(error);
    }
  }

  return {
    async acquire(signal) {
      const start = performance.now();
      try {
        await acquirePermit(signal);
        return await connect();
      } finally {
        options.onAcquire?.((performance.now() - start) / 1000);
      }
    },
    release(client, broken) {
      // The hold of a connection that was lost or dropped says nothing about statements.
      if (!broken) holds.end(client);
      client.release(broken);
      permits.release();
    },
    renew: () => {
      fresh = new WeakSet();
    },
    cancelQuery: createCancelQuery(),
    cancelDelayMs: () => Math.min(holds.meanMs * HOLDS_NEEDED, CANCEL_DELAY_MS_MAX),
    statistics: () => ({
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: permits.queued,
      max: options.poolMax,
    }),
    close: async () => {
      if (pool.ended || pool.ending) return;
      const timer = new AbortController();
      const late = delay(CLOSE_MS_MAX, undefined, { signal: timer.signal, ref: false });
      await Promise.race([pool.end(), late]);
      timer.abort();
      await late.catch(() => {}); // the abort above is why it rejects
    },
  };
}
