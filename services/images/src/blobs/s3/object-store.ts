import type { FileHandle } from "node:fs/promises";
import type { ContentPart } from "#blobs/scratch/content-parts.ts";
import type { ContentRange } from "#domain/blob-store.ts";

/** A bucket of an object store. Every method throws BlobStoreUnavailable or BlobStoreRefused. */
export interface ObjectStore {
  /**
   * Stores a file's content under a key, whole or not at all. An object that exists becomes young
   * again. The signal ends the put. A process that is killed meanwhile may leave an unfinished
   * upload.
   */
  put(key: string, content: ObjectContent, signal: AbortSignal | undefined): Promise<void>;
  /** Opens an object, or a part of it. Throws BlobMissing. */
  get(key: string, options?: GetOptions): Promise<AsyncIterableIterator<Uint8Array>>;
  /** Returns the milliseconds since the object was last written; undefined if there is none. */
  ageMs(key: string): Promise<number | undefined>;
  /** Removes an object, if there is one. */
  remove(key: string): Promise<void>;
  /** Lists every object. */
  list(): AsyncIterable<ListedObject>;
  /** Lists every unfinished upload: parts of it were sent, and nothing can be read. */
  listUploads(): AsyncIterable<ListedUpload>;
  /** Removes the parts of an upload, unless it is over. */
  abortUpload(upload: UnfinishedUpload): Promise<void>;
}

/** The content of an object to put. */
export interface ObjectContent {
  /** Read from its beginning, and left open. */
  readonly file: FileHandle;
  readonly sizeBytes: number;
  /** The sha256 of the content in hex. The store refuses other bytes. */
  readonly sha256: string;
  /** The parts in which it is put, if there are several. */
  readonly parts: readonly ContentPart[];
}

/** Options of reading an object. */
export interface GetOptions {
  /** At least one byte; undefined means all. */
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
  /** Milliseconds since the upload began. */
  readonly ageMs: number;
}
