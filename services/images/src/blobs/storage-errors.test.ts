import {
  BlobMissing,
  type BlobStore,
  BlobStoreFull,
  BlobStoreRefused,
  BlobStoreUnavailable,
} from "#domain/blob-store.ts";
import { withStorageErrors } from "./storage-errors.ts";

/** A store whose every operation fails with this error, until it is told to work again. */
function storeOf(state: { error: Error | undefined }): BlobStore {
  const act = async () => {
    if (state.error !== undefined) throw state.error;
  };
  return withStorageErrors({
    check: act,
    stage: async () => ({
      sizeBytes: 0,
      write: act,
      finish: async () => {
        await act();
        return "hash";
      },
      commit: act,
      [Symbol.asyncDispose]: async () => {},
    }),
    open: async () => fail(act),
    borrow: async (_hash, use) => {
      await act();
      return await use("path");
    },
    remove: act,
    listOlderThan: () => fail(act) as unknown as AsyncIterable<string>,
    removeStaged: async () => {
      await act();
      return 0;
    },
  });
}

async function* fail(act: () => Promise<void>): AsyncIterable<Uint8Array> {
  await act();
  yield new Uint8Array(1);
}

async function readAll(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _item of items) count++;
  return count;
}

const systemError = (code: string) => Object.assign(new Error(`${code}: write`), { code });

describe("a blob store on a disk", () => {
  const range = { first: 0, length: 1 };
  const signal = new AbortController().signal;
  const operations: Readonly<Record<string, (store: BlobStore) => Promise<unknown>>> = {
    check: (store) => store.check(),
    write: async (store) => (await store.stage()).write(new Uint8Array(1)),
    finish: async (store) => (await store.stage()).finish(undefined),
    commit: async (store) => (await store.stage()).commit(),
    read: async (store) => readAll(await store.open("hash", range, signal)),
    borrow: (store) => store.borrow("hash", async () => 1),
    remove: (store) => store.remove("hash", 0),
    list: (store) => readAll(store.listOlderThan(0)),
    sweep: (store) => store.removeStaged(0),
  };

  test.each(Object.entries(operations))(
    "says what is wrong with the disk, and works again by itself: %s",
    async (_name, operation) => {
      const state: { error: Error | undefined } = { error: undefined };
      const store = storeOf(state);
      await operation(store);
      for (const code of ["ENOSPC", "EDQUOT"]) {
        state.error = systemError(code);
        await expect(operation(store)).rejects.toBeInstanceOf(BlobStoreFull);
      }
      for (const code of ["EROFS", "EMFILE", "ENFILE", "EIO"]) {
        state.error = systemError(code);
        const failure = await operation(store).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(BlobStoreUnavailable);
        expect(failure).not.toBeInstanceOf(BlobStoreFull);
      }
      state.error = systemError("EACCES");
      await expect(operation(store)).rejects.toBeInstanceOf(BlobStoreRefused);
      state.error = undefined;
      await operation(store);
    },
  );

  test.each([new BlobMissing("gone"), systemError("EISDIR"), new TypeError("a defect")])(
    "passes on every other error: %s",
    async (error) => {
      await expect(storeOf({ error }).check()).rejects.toBe(error);
    },
  );
});
