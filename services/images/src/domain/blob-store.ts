/**
 * A store of bytes by the hash of their content. Every method throws BlobStoreUnavailable if the
 * place of the bytes does not answer, or cannot be used now, and BlobStoreFull if it has no room.
 */
export interface BlobStore {
  /** Checks that bytes can be stored. Throws BlobStoreRefused if the settings rule it out. */
  check(): Promise<void>;
  /** Opens a staging place for bytes that are still arriving. */
  stage(): Promise<StagedBlob>;
  /**
   * Opens a part of the bytes for reading. Throws BlobMissing before the first chunk if the part is
   * not all there. The signal ends the opening, and the reading too if the bytes come from
   * elsewhere. If bytes are lost while they are read, the chunks end early.
   */
  open(hash: string, range: ContentRange, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Provides bytes as a file that may be read until `use` settles. Throws BlobMissing. */
  borrow<Result>(hash: string, use: (path: string) => Promise<Result>): Promise<Result>;
  /** Removes bytes that are at least this old, if there are any. */
  remove(hash: string, ageMsMin: number): Promise<void>;
  /** Lists the hashes of bytes that are at least this old. */
  listOlderThan(ageMs: number): AsyncIterable<string>;
  /** Removes staged bytes that are so old that nobody is still writing them. Returns how many. */
  removeStaged(ageMsMin: number): Promise<number>;
}

/**
 * Bytes on their way into the store. Disposal removes bytes that were not committed, or leaves them
 * to `listOlderThan`.
 */
export interface StagedBlob extends AsyncDisposable {
  readonly sizeBytes: number;
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Ends writing, makes the bytes durable, and returns their sha256 in hex. The signal ends it too,
   * if the bytes go elsewhere.
   */
  finish(signal: AbortSignal | undefined): Promise<string>;
  /**
   * Makes the bytes readable under their hash, durably, also if they are stored already. Must be
   * called after `finish`, while the hash's references are locked, so that nobody removes the bytes
   * meanwhile.
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

/** There are no bytes of this hash, or not all of them. */
export class BlobMissing extends Error {
  override readonly name = "BlobMissing";
}

/** The store does not answer, so nothing is known of the bytes. The message holds no secret. */
export class BlobStoreUnavailable extends Error {
  override readonly name: string = "BlobStoreUnavailable";
}

/** The store has no room for more bytes. What it holds can be read. */
export class BlobStoreFull extends BlobStoreUnavailable {
  override readonly name = "BlobStoreFull";
}

/** The store answers, and refuses the caller: waiting does not help. */
export class BlobStoreRefused extends BlobStoreUnavailable {
  override readonly name = "BlobStoreRefused";
}
