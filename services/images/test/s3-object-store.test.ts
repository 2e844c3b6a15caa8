import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { eventually } from "@triptych/chassis/testing/eventually";
import type { ObjectStore } from "#blobs/s3/object-store.ts";
import { createS3ObjectStore } from "#blobs/s3/s3-object-store.ts";
import { openScratchFile } from "#blobs/scratch/scratch.ts";
import { BlobMissing, BlobStoreRefused, BlobStoreUnavailable } from "#domain/blob-store.ts";
import type { StoreFault } from "./s3-faults.ts";
import { startObjectStore, type TestObjectStore } from "./start-object-store.ts";

const MEBIBYTE = 1024 * 1024;
const BYTES = Buffer.alloc(MEBIBYTE, "some bytes of a picture");
const IDLE_TIMEOUT_MS = 200;

describe("objects in S3", () => {
  let store: TestObjectStore;
  let objects: ObjectStore;
  /** Gives a store up that is silent for a short time. */
  let hasty: ObjectStore;
  beforeEach(async () => {
    store = await startObjectStore();
    objects = createS3ObjectStore(store.settings);
    hasty = createS3ObjectStore(store.settings, { idleTimeoutMs: IDLE_TIMEOUT_MS });
  });
  afterEach(() => store[Symbol.asyncDispose]());

  async function put(bytes: Buffer = BYTES, target = objects): Promise<void> {
    await using file = await openScratchFile();
    await file.write(bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await target.put("key", { file, sizeBytes: bytes.length, sha256, parts: [] }, undefined);
  }

  async function get(
    options?: Parameters<ObjectStore["get"]>[1],
    source = objects,
  ): Promise<Buffer> {
    return Buffer.concat(await collect(await source.get("key", options)));
  }

  const countRequests = (method: string) =>
    store.requests.filter((line) => line.startsWith(`${method} `)).length;

  /** Makes this many requests of a method fail. */
  function failTimes(times: number, method: string, fault: StoreFault): void {
    let left = times;
    store.fail((given) => (given === method && left-- > 0 ? fault : undefined));
  }

  test.each([
    ["PUT", 500, "InternalError"],
    ["GET", 503, "SlowDown"],
    ["HEAD", 500, "InternalError"],
    ["DELETE", 500, "InternalError"],
  ] as const)("a %s has at most three attempts", async (method, status, code) => {
    await put();
    const run = {
      PUT: () => put(),
      GET: async () => collect(await objects.get("key")),
      HEAD: () => objects.ageMs("key"),
      DELETE: () => objects.remove("key"),
    }[method];
    const fault = { kind: "refuse", status, code } as const;
    const before = countRequests(method);
    failTimes(2, method, fault);
    await run();
    await eventually(async () => countRequests(method) === before + 3);
    failTimes(3, method, fault);
    await expect(run()).rejects.toThrow(BlobStoreUnavailable);
  });

  test("a put that is cut off is retried, and leaves nothing if it fails", async () => {
    failTimes(2, "PUT", { kind: "cut", afterBytes: MEBIBYTE / 2 });
    await put();
    expect(await get()).toEqual(BYTES);

    store.clear();
    store.fail(() => ({ kind: "cut", afterBytes: MEBIBYTE / 2 }));
    await expect(put()).rejects.toThrow(BlobStoreUnavailable);
    expect(store.keys()).toEqual([]);
  });

  test("a read that is cut off fails instead of ending", async () => {
    await put();
    store.fail(() => ({ kind: "cut", afterBytes: MEBIBYTE / 2 }));
    await expect(get()).rejects.toThrow(BlobStoreUnavailable);
  });

  test("every request fails after the idle timeout if the store stops sending", async () => {
    await put();
    store.fail(() => ({ kind: "stall", afterBytes: 1_000 }));
    await expect(get(undefined, hasty)).rejects.toThrow(`no byte moved for ${IDLE_TIMEOUT_MS} ms`);
    store.fail(() => ({ kind: "hang" }));
    await expect(get(undefined, hasty)).rejects.toThrow(`no byte moved for ${IDLE_TIMEOUT_MS} ms`);
    await expect(put(BYTES, hasty)).rejects.toThrow(`no byte moved for ${IDLE_TIMEOUT_MS} ms`);
    await expect(hasty.ageMs("key")).rejects.toThrow(BlobStoreUnavailable);
  });

  test("the idle timeout does not cover a slow reader", async () => {
    await put(Buffer.alloc(8 * MEBIBYTE));
    let length = 0;
    for await (const chunk of await hasty.get("key")) {
      if (length === 0) await new Promise((resolve) => setTimeout(resolve, 2 * IDLE_TIMEOUT_MS));
      length += chunk.length;
    }
    expect(length).toBe(8 * MEBIBYTE);
  });

  test.each([
    ["the key may not", 403, "AccessDenied"],
    ["the key is unknown", 403, "InvalidAccessKeyId"],
    ["there is no such bucket", 404, "NoSuchBucket"],
  ])("a refusal is thrown at once, without the access key: %s", async (_, status, code) => {
    store.fail(() => ({ kind: "refuse", status, code }));
    for (const run of [put, get, () => objects.remove("key")]) {
      const before = store.requests.length;
      const error: unknown = await run().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(BlobStoreRefused);
      expect(String(error)).toContain(`${status} ${code}`);
      await eventually(async () => store.requests.length === before + 1);
      expect(logged(error)).toContain(code);
      expect(logged(error)).not.toMatch(/TESTKEYID|a key that no log/);
    }
  });

  test("a wrong secret is refused", async () => {
    const credentials = { accessKeyId: "TESTKEYID", secretAccessKey: "another" };
    const others = createS3ObjectStore({ ...store.settings, credentials });
    await expect(put(BYTES, others)).rejects.toThrow("403 SignatureDoesNotMatch");
    expect(store.keys()).toEqual([]);
  });

  test("a put that is refused before it is read leaves no connection open", async () => {
    store.fail(() => ({ kind: "refuse", status: 403, code: "AccessDenied" }));
    await expect(put(Buffer.alloc(20 * MEBIBYTE))).rejects.toThrow(BlobStoreRefused);
    await eventually(async () => (await store.connections()) === 0);
  });

  test("the store refuses bytes of another hash", async () => {
    await using file = await openScratchFile();
    await file.write(BYTES);
    const content = { file, sizeBytes: BYTES.length, sha256: "00".repeat(32), parts: [] };
    await expect(objects.put("key", content, undefined)).rejects.toThrow("400 BadDigest");
    expect(store.keys()).toEqual([]);
  });

  test("a read fails if the store sends another range than requested", async () => {
    await put();
    store.fail(() => ({ kind: "whole" }));
    const range = { first: 1, length: 5 };
    await expect(get({ range })).rejects.toThrow(BlobStoreUnavailable);
    store.fail();
    expect(await get({ range })).toEqual(BYTES.subarray(1, 6));
  });

  test("an unknown object is BlobMissing, an unreachable store an outage", async () => {
    await expect(get()).rejects.toThrow(BlobMissing);
    expect(await objects.ageMs("key")).toBeUndefined();
    await objects.remove("key");
    await store[Symbol.asyncDispose]();
    await expect(get()).rejects.toThrow(/does not answer GetObject key: .*ECONNREFUSED/);
    store = await startObjectStore();
  });

  test("a caller's signal ends a read, also before its first chunk", async () => {
    await put();
    store.fail(() => ({ kind: "stall", afterBytes: 1_000 }));
    const leaving = new AbortController();
    const reading = collect(await objects.get("key", { signal: leaving.signal }));
    leaving.abort(new Error("the client went away"));
    await expect(reading).rejects.toThrow("the client went away");
    await eventually(async () => store.sending() === 0);

    const unread = await objects.get("key");
    expect(store.sending()).toBe(1);
    await unread.return?.();
    await eventually(async () => store.sending() === 0);
  });

  test("a put holds a small part of its content in memory while the store is slow (backpressure)", async () => {
    await using file = await openScratchFile();
    const sizeBytes = 64 * MEBIBYTE;
    for (let at = 0; at < sizeBytes; at += MEBIBYTE) await file.write(BYTES);
    store.fail(() => ({ kind: "hang" }));
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    let isOver = false;
    const content = { file, sizeBytes, sha256: "00".repeat(32), parts: [] };
    const putting = objects.put("key", content, undefined);
    const ended = expect(putting).rejects.toThrow(BlobStoreUnavailable);
    void ended.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      await setImmediate();
    }
    await ended;
    expect(most).toBeLessThan(sizeBytes / 2); // measured: 4 MiB, in the sockets

    // The control: content that is held in memory shows.
    const less = process.memoryUsage().arrayBuffers;
    const held = Buffer.alloc(sizeBytes, 1);
    expect(process.memoryUsage().arrayBuffers - less).toBeGreaterThanOrEqual(held.length);
  });
});

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

/** The text of an error in a log line. */
function logged(error: unknown): string {
  let lines = "";
  const destination = {
    write(line: string) {
      lines += line;
    },
  };
  createLogger({ service: "images", level: "info", destination }).error({ error }, "failed");
  return lines;
}
