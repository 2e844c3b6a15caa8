/**
 * Where bytes are kept by their content's hash. What is asked of it throws BlobStoreUnavailable if
 * the bytes are kept elsewhere, and that place does not answer.
 */
export interface BlobStore {
  /**
   * Finds out whether bytes can be kept at all. Throws BlobStoreRefused if they never will be as
   * things are set.
   */
  check(): Promise<void>;
  /** Opens a place for bytes that are still arriving. */
  stage(): Promise<StagedBlob>;
  /**
   * Opens bytes for reading, from `first` on, `length` of them. Throws BlobMissing before the first
   * chunk. The signal ends the opening, and the reading too if the bytes come from elsewhere.
   */
  open(hash: string, range: ContentRange, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Lends bytes as a file that may be read until `use` settles. Throws BlobMissing. */
  borrow<Result>(hash: string, use: (path: string) => Promise<Result>): Promise<Result>;
  /** Removes bytes, if they are there and at least so old. */
  remove(hash: string, ageMsMin: number): Promise<void>;
  /** Names what is kept and at least so old. */
  listOlderThan(ageMs: number): AsyncIterable<string>;
  /** Removes what was staged so long ago that nobody is still writing it. Says how many. */
  removeStaged(ageMsMin: number): Promise<number>;
}

/**
 * Bytes on their way into the store. Disposing of it removes whatever was not committed, or leaves
 * it to `listOlderThan`.
 */
export interface StagedBlob extends AsyncDisposable {
  readonly sizeBytes: number;
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Ends writing, makes the bytes durable, and gives their sha256 in hex. The signal ends it too,
   * if the bytes go elsewhere.
   */
  finish(signal: AbortSignal | undefined): Promise<string>;
  /**
   * Puts the bytes into the store, durably, also where they are already. To be called after
   * `finish`, while the hash's references are locked, so that nobody removes them meanwhile.
   */
  commit(): Promise<void>;
}

/** A part of a content. */
export interface ContentRange {
  /** The first byte, from 0. */
  readonly first: number;
  /** How many bytes. */
  readonly length: number;
}

/** There are no bytes of this hash. */
export class BlobMissing extends Error {
  override readonly name = "BlobMissing";
}

/** The store can't be asked now: nothing is known of the bytes. Its message holds no secret. */
export class BlobStoreUnavailable extends Error {
  override readonly name: string = "BlobStoreUnavailable";
}

/** The store answers, and refuses whoever asks: waiting does not help. */
export class BlobStoreRefused extends BlobStoreUnavailable {
  override readonly name = "BlobStoreRefused";
}
