import { type FileHandle, open } from "node:fs/promises";
import { BlobMissing, type ContentRange } from "#domain/blob-store.ts";

/** Returns whether an error says that there is no such file or folder. */
export function isFileMissing(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT";
}

/**
 * Opens a blob's file for reading a part of it. Throws BlobMissing if the part is not all there.
 */
export async function openFile(
  path: string,
  { hash, range }: { readonly hash: string; readonly range: ContentRange },
): Promise<FileHandle> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const { size } = await file.stat();
    if (size >= range.first + range.length) return file;
    throw new BlobMissing(`there are only ${size} bytes of ${hash}`);
  } catch (error) {
    await file?.close();
    if (!isFileMissing(error)) throw error;
    throw new BlobMissing(`there are no bytes of ${hash}`, { cause: error });
  }
}

/**
 * Makes new names in a folder durable. Without it a power cut may undo a rename after the commit
 * that relies on it.
 */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
