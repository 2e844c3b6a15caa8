import { randomBytes } from "node:crypto";
import { type RunningProgram, startProgram } from "./child-program.ts";
import { freePort } from "./free-port.ts";
import { POSTGRES_MAIN } from "./repository.ts";
import { readPostmaster } from "./stack-program.ts";

/** A Postgres of its own, with one database. */
export interface RunningPostgres {
  /** The URL of the database, as its owner. */
  readonly url: string;
  readonly program: RunningProgram;
  /** Postgres' own process. */
  readonly pid: number;
}

/** The name of the database, and of its owner. */
export const DATABASE = "baseline";

const PASSWORD_BYTES = 24;

/**
 * Starts Postgres on a folder by the stack's own program: the same server, settings and role as
 * Triptych's. Creates the cluster and the database if there are none.
 */
export async function startPostgres(
  folder: string,
  cpus?: string | undefined,
): Promise<RunningPostgres> {
  const port = await freePort();
  const readyPort = await freePort();
  const password = randomBytes(PASSWORD_BYTES).toString("base64url");
  const program = startProgram({
    name: "postgres",
    command: [POSTGRES_MAIN],
    environment: {
      POSTGRES_FOLDER: folder,
      POSTGRES_PORT: String(port),
      METRICS_PORT: String(readyPort),
      DATABASE_NAME: DATABASE,
      DATABASE_PASSWORD: password,
    },
    cpus,
  });
  await program.until(() => answersOk(`http://127.0.0.1:${readyPort}/readyz`));
  const { pid } = await readPostmaster(folder);
  return { url: `postgres://${DATABASE}:${password}@127.0.0.1:${port}/${DATABASE}`, program, pid };
}

/** Returns true if a URL answers 200. */
export async function answersOk(url: string): Promise<true | undefined> {
  const response = await fetch(url).catch(() => undefined);
  await response?.arrayBuffer();
  return response?.ok ? true : undefined;
}
