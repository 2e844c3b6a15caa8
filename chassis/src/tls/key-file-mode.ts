import { stat } from "node:fs/promises";

const PERMISSIONS = 0o777;
const OTHERS = 0o007;
const GROUP_AND_OTHERS = 0o077;

/**
 * Returns a warning, after "…: ", about a key or a password that other users may read; undefined if
 * they may not. A file that belongs to another user, as a mounted secret does, is read by the
 * group: its permissions are needed.
 */
export async function findOpenMode(path: string): Promise<string | undefined> {
  const { mode, uid } = await stat(path);
  const isOwn = uid === process.getuid?.();
  if ((mode & (isOwn ? GROUP_AND_OTHERS : OTHERS)) === 0) return undefined;
  const octal = (mode & PERMISSIONS).toString(8);
  return `other users may read ${path} (its mode is ${octal}): chmod ${isOwn ? 600 : 440} ${path}`;
}
