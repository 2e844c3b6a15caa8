import { mkdir, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "#errors/error-code.ts";
import { StackError } from "#errors/stack-error.ts";

/** The paths of the data folder, all absolute. */
export interface DataFolder {
  readonly path: string;
  /** The folder of the logs: one file for each process. */
  readonly logs: string;
  /** The folder of signing keys and database passwords, which only their owner may read. */
  readonly keys: string;
  /** The folder of the embedded Postgres. */
  readonly postgres: string;
  /** The folder of uploaded images. */
  readonly blobs: string;
  /** The stack file, which names the control port for other commands. Its existence is the lock. */
  readonly stackFile: string;
}

/** Returns the paths in a data folder, and touches no file. */
export function dataFolderAt(path: string): DataFolder {
  return {
    path,
    logs: join(path, "logs"),
    keys: join(path, "keys"),
    postgres: join(path, "postgres"),
    blobs: join(path, "blobs"),
    stackFile: join(path, "stack.json"),
  };
}

/**
 * Creates the data folder if there is none, and checks that it is writable. Other users may enter
 * it, since Postgres may have to run as another user; the secrets in it have modes of their own.
 * Throws StackError.
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  try {
    await mkdir(path, { recursive: true, mode: 0o755 });
    const folder = dataFolderAt(await realpath(path));
    await mkdir(folder.logs, { recursive: true, mode: 0o700 });
    await mkdir(folder.keys, { recursive: true, mode: 0o700 });
    await mkdir(folder.blobs, { recursive: true, mode: 0o700 });
    const probe = join(folder.path, `.probe-${process.pid}`);
    await writeFile(probe, "");
    await rm(probe);
    return folder;
  } catch (cause) {
    throw new StackError(
      `The data folder ${path} cannot be written (${errorCode(cause)}): choose another with TRIPTYCH_DATA.`,
      { cause },
    );
  }
}
