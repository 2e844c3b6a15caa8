/** Where bytes are kept by their content's hash. Files today; an object store can take their place. */
export interface BlobStore {
  /** Opens a place for bytes that are still arriving. */
  stage(): Promise<StagedBlob>;
  /** Opens bytes for reading, from `first` on, `length` of them. Throws BlobMissing before the first chunk. */
  open(hash: string, range: ContentRange): Promise<AsyncIterable<Uint8Array>>;
  /** Lends bytes as a file that may be read until `use` settles. Throws BlobMissing. */
  borrow<Result>(hash: string, use: (path: string) => Promise<Result>): Promise<Result>;
  /** Removes bytes, if they are there and at least so old. */
  remove(hash: string, ageMsMin: number): Promise<void>;
  /** Names what is kept and at least so old. */
  listOlderThan(ageMs: number): AsyncIterable<string>;
  /** Removes what was staged so long ago that nobody is still writing it. Says how many. */
  removeStaged(ageMsMin: number): Promise<number>;
}

/** Bytes on their way into the store. Disposing of it removes whatever was not placed. */
export interface StagedBlob extends AsyncDisposable {
  readonly sizeBytes: number;
  write(chunk: Uint8Array): Promise<void>;
  /** Ends writing, makes the bytes durable, and gives their sha256 in hex. */
  finish(): Promise<string>;
  /**
   * Puts the bytes into the store, durably, also where they are already. To be called after `finish`, while the
   * hash's references are locked, so that nobody removes them meanwhile.
   */
  place(): Promise<void>;
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
