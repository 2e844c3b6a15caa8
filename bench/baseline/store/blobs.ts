import { join } from "node:path";

const FOLDER_DIGITS = 2;

/** Returns the path of the bytes with a hash: `ab/ab12…` in the folder of blobs. */
export function blobPath(folder: string, hash: string): string {
  return join(folder, hash.slice(0, FOLDER_DIGITS), hash);
}
