import { mkdir, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "#errors/error-code.ts";
import { StackError } from "#errors/stack-error.ts";

/** Where the stack keeps everything, as absolute paths. */
export interface DataFolder {
  readonly path: string;
  /** A file for each process. */
  readonly logs: string;
  /** What nobody else may read: signing keys and the databases' passwords. */
  readonly keys: string;
  /** The embedded Postgres. */
  readonly postgres: string;
  /** Uploaded images. */
  readonly blobs: string;
  /** Tells other commands where this stack listens; its presence is the lock. */
  readonly stackFile: string;
}

/** Gives the paths in a data folder, and touches nothing. */
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
 * Makes the data folder if it is not there, and finds out whether it can be written. Others may
 * enter it, since Postgres may have to run as another user; what is secret in it has modes of its
 * own. Throws StackError.
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
