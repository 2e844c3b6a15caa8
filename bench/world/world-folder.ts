import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** The paths in the folder of a world. */
export interface WorldFolder {
  /** Triptych's data folder: its databases, keys and blobs. */
  readonly triptych: string;
  readonly triptychPostgres: string;
  readonly triptychLogs: string;
  /** The Postgres folder of the baseline. */
  readonly baseline: string;
  /** The facts of the world, as JSON. */
  readonly facts: string;
  /** The bytes of images, by hash. */
  readonly blobs: string;
  /** The key that signs access tokens, a JSON Web Key. */
  readonly signingKey: string;
}

const run = promisify(execFile);

/** Returns the paths in a world's folder, and touches no file. */
export function worldFolderAt(folder: string): WorldFolder {
  const triptych = join(folder, "triptych");
  return {
    triptych,
    triptychPostgres: join(triptych, "postgres"),
    triptychLogs: join(triptych, "logs"),
    baseline: join(folder, "baseline"),
    facts: join(folder, "world.json"),
    blobs: join(triptych, "blobs"),
    signingKey: join(triptych, "keys", "access-token.jwk"),
  };
}

/** Copies a folder with the owners and modes of its files, of which Postgres is particular. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await run("cp", ["-a", from, to]);
}
