import type { FileHandle } from "node:fs/promises";
import type { ContentPart } from "#blobs/scratch/content-parts.ts";
import type { ContentRange } from "#domain/blob-store.ts";

/** A bucket of an object store. Everything throws BlobStoreUnavailable or BlobStoreRefused. */
export interface ObjectStore {
  /**
   * Keeps a file's content under a key, whole or not at all. Where there is such an object, it
   * becomes young again. The signal ends the putting; a process that is killed while it puts may
   * leave an unfinished upload.
   */
  put(key: string, content: ObjectContent, signal: AbortSignal | undefined): Promise<void>;
  /** Opens an object, or a part of it. Throws BlobMissing. */
  get(key: string, options?: GetOptions): Promise<AsyncIterableIterator<Uint8Array>>;
  /** Milliseconds since the object was last written; undefined if there is none. */
  ageMs(key: string): Promise<number | undefined>;
  /** Removes an object, if there is one. */
  remove(key: string): Promise<void>;
  /** Names every object. */
  list(): AsyncIterable<ListedObject>;
  /** Names every upload that is not finished: of it something was sent, and nothing can be read. */
  listUploads(): AsyncIterable<ListedUpload>;
  /** Removes what was sent of an upload, unless that is over. */
  abortUpload(upload: UnfinishedUpload): Promise<void>;
}

/** What an object is to contain. */
export interface ObjectContent {
  /** Read from its beginning on, and left open. */
  readonly file: FileHandle;
  readonly sizeBytes: number;
  /** The sha256 of the content in hex: the store refuses other bytes. */
  readonly sha256: string;
  /** What it is put by, if they are several. */
  readonly parts: readonly ContentPart[];
}

/** How an object is read. */
export interface GetOptions {
  /** At least a byte; undefined means all. */
  readonly range?: ContentRange;
  /** Ends the opening and the reading. */
  readonly signal?: AbortSignal;
}

/** One object of a listing. */
export interface ListedObject {
  readonly key: string;
  readonly ageMs: number;
}

/** An upload in parts that is neither completed nor aborted. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly uploadId: string;
}

/** One unfinished upload of a listing. */
export interface ListedUpload extends UnfinishedUpload {
  /** Milliseconds since it was begun. */
  readonly ageMs: number;
}
