import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { findBinaries } from "./find-binaries.ts";
import { PostgresCannotStart } from "./postgres-cannot-start.ts";
import {
  claimPostgresFolder,
  configure,
  initialise,
  openPostgresFolder,
  type PostgresFolder,
  SERVER_ENVIRONMENT,
  SUPERUSER,
} from "./postgres-folder.ts";
import { clearEarlierServer, readPostmasterFile, stopServer } from "./running-server.ts";
import { CONNECTIONS_MAX_DEFAULT } from "./server-settings.ts";
import { spawnAs } from "./server-user.ts";

/** The options of the embedded server. */
interface PostgresOptions {
  /** Created if it is missing. Contains the data, the log and the superuser's password. */
  readonly folder: string;
  /** A port of 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** {@link CONNECTIONS_MAX_DEFAULT} if not given. */
  readonly connectionsMax?: number;
  /** False only in tests, where the data may be lost with the machine. */
  readonly durable: boolean;
}

/** A running server that accepts connections. */
export interface PostgresServer {
  /** The superuser's URL of the database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly log: string;
  /** Resolves when the process has ended for any reason. */
  readonly exited: Promise<void>;
  /** Ends it cleanly. May be called twice. */
  stop(): Promise<void>;
}

const POLL_MS = 10;
/** After a crash Postgres first replays its log. */
const START_MS_MAX = 60_000;
const LOG_TAIL_BYTES = 4_096;
const HOST = "127.0.0.1";

/**
 * Starts the embedded Postgres on its data folder, as root or as an ordinary user. Returns when it
 * accepts connections. First ends a server that an earlier, killed supervisor left on the same
 * folder. Throws PostgresCannotStart.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const binaries = findBinaries();
  const data = await openPostgresFolder(options.folder);
  const user = await claimPostgresFolder(data, binaries);
  await clearEarlierServer(data.cluster, data.supervisor);
  const port = await freePort(options.port);
  const { durable, connectionsMax = CONNECTIONS_MAX_DEFAULT } = options;
  const password = await initialise(data, binaries, { user, durable });
  const log = await configure(data, user, { port, connectionsMax, durable });
  const { size } = await log.stat();
  const child = spawnAs(user, [binaries.postgres, "-D", data.cluster], {
    cwd: "/",
    env: SERVER_ENVIRONMENT,
    stdio: ["ignore", log.fd, log.fd],
  });
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const spawned = once(child, "spawn");
  await spawned.finally(() => log.close());
  const pid = await untilReady(child, data, size);
  return {
    url: `postgres://${SUPERUSER}:${password}@${HOST}:${port}/postgres`,
    port,
    pid,
    log: data.log,
    exited,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) await stopServer(pid);
      await exited;
      await rm(data.supervisor, { force: true });
    },
  };
}

/** Returns the port, or a free one for 0. Throws PostgresCannotStart if it is in use. */
async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  try {
    const listening = once(server, "listening");
    server.listen(wanted, HOST);
    await listening;
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : wanted;
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    throw new PostgresCannotStart(
      `Port ${wanted} on ${HOST} cannot be used for Postgres (${reason}): stop what uses it, or choose another port.`,
      { cause },
    );
  } finally {
    server.close();
  }
}

async function untilReady(
  child: ChildProcess,
  { cluster, log }: PostgresFolder,
  logStart: number,
): Promise<number> {
  const deadline = performance.now() + START_MS_MAX;
  while (child.exitCode === null && child.signalCode === null) {
    const file = await readPostmasterFile(cluster);
    if (file?.pid === child.pid && file?.ready) return file.pid;
    if (performance.now() > deadline) {
      if (child.pid !== undefined) await stopServer(child.pid);
      break;
    }
    await delay(POLL_MS);
  }
  const written = (await readFile(log)).subarray(logStart).subarray(-LOG_TAIL_BYTES).toString();
  const fatal = written.split("\n").findLast((line) => line.includes("FATAL: "));
  throw new PostgresCannotStart(
    `Postgres did not start: ${fatal?.replace(/^.*FATAL: +/, "") ?? "it gave no reason"} (see ${log}).`,
  );
}
