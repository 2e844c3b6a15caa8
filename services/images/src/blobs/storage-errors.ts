import {
  type BlobStore,
  BlobStoreFull,
  BlobStoreRefused,
  BlobStoreUnavailable,
  type StagedBlob,
} from "#domain/blob-store.ts";

/** No space, no more of it for this user, or none for a file of this size. */
const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
/**
 * The disk fails or is mounted read-only, or this process lacks files or memory now. Nothing is
 * wrong with the request.
 */
const UNAVAILABLE: ReadonlySet<string> = new Set([
  "EIO",
  "EROFS",
  "ESTALE",
  "ENODEV",
  "ENXIO",
  "EMFILE",
  "ENFILE",
  "ENOMEM",
  "ETIMEDOUT",
]);

/** This process may not use the folder, and waiting does not help. */
const REFUSED: ReadonlySet<string> = new Set(["EACCES", "EPERM", "ENOTDIR"]);

/**
 * Returns the store with the errors of its port in place of the system's: of its files, and of the
 * scratch files on the way to or from an object store. It works again as soon as there is room.
 */
export function withStorageErrors(store: BlobStore): BlobStore {
  return {
    check: () => translate(store.check()),
    stage: async () => stagedWithErrors(await translate(store.stage())),
    open: async (hash, range, signal) => chunks(await translate(store.open(hash, range, signal))),
    borrow: (hash, use) => translate(store.borrow(hash, use)),
    remove: (hash, ageMsMin) => translate(store.remove(hash, ageMsMin)),
    listOlderThan: (ageMs) => chunks(store.listOlderThan(ageMs)),
    removeStaged: (ageMsMin) => translate(store.removeStaged(ageMsMin)),
  };
}

function stagedWithErrors(staged: StagedBlob): StagedBlob {
  return {
    get sizeBytes() {
      return staged.sizeBytes;
    },
    write: (chunk) => translate(staged.write(chunk)),
    finish: (signal) => translate(staged.finish(signal)),
    commit: () => translate(staged.commit()),
    [Symbol.asyncDispose]: () => translate(Promise.resolve(staged[Symbol.asyncDispose]())),
  };
}

/** No generator: one that is ended before it began would not end the reading. */
function chunks<Item>(items: AsyncIterable<Item>): AsyncIterable<Item> {
  return {
    [Symbol.asyncIterator]() {
      const inner = items[Symbol.asyncIterator]();
      return {
        next: () => translate(inner.next()),
        async return() {
          await inner.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

function translate<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error) => {
    throw toStorageError(error);
  });
}

/** Reads by shape: an error of Node's may have the Error of another realm. */
function toStorageError(error: unknown): unknown {
  const code = typeof error === "object" && error !== null ? Reflect.get(error, "code") : "";
  if (FULL.has(code)) return new BlobStoreFull(`no room for bytes: ${code}`, { cause: error });
  if (REFUSED.has(code)) {
    return new BlobStoreRefused("the folder of bytes cannot be used", { cause: error });
  }
  if (!UNAVAILABLE.has(code)) return error;
  return new BlobStoreUnavailable(`bytes cannot be stored or read now: ${code}`, { cause: error });
}
