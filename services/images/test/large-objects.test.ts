import { createHash, randomBytes } from "node:crypto";
import { eventually } from "@triptych/chassis/testing/eventually";
import type { ObjectContent, ObjectStore } from "#blobs/s3/object-store.ts";
import { createS3ObjectStore } from "#blobs/s3/s3-object-store.ts";
import { PART_BYTES } from "#blobs/scratch/content-parts.ts";
import { BlobStoreRefused, BlobStoreUnavailable } from "#domain/blob-store.ts";
import type { StoreFault } from "./s3-faults.ts";
import { startObjectStore, type TestObjectStore } from "./start-object-store.ts";
import { withContent } from "./with-content.ts";

const MEBIBYTE = 1024 * 1024;
const BYTES = randomBytes(20 * MEBIBYTE);
const IDLE_TIMEOUT_MS = 500;
const BROKEN = { kind: "refuse", status: 500, code: "InternalError" } as const;
const DENIED = { kind: "refuse", status: 403, code: "AccessDenied" } as const;
const HANGING = { kind: "hang" } as const;

const isPart = (target: string) => target.includes("?partNumber=");
const isEnd = (target: string) => target.endsWith("?uploadId");

describe("large objects in S3", () => {
  let store: TestObjectStore;
  let objects: ObjectStore;
  beforeEach(async () => {
    store = await startObjectStore();
    objects = createS3ObjectStore(store.settings);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  const put = (bytes = BYTES, { target = objects, signal = new AbortController().signal } = {}) =>
    withContent(bytes, (content) => target.put("key", content, signal));

  /** Waits until the requests of uploads are over, and returns them in order. */
  async function requests(): Promise<string[]> {
    await eventually(async () => store.requests.some((line) => /\?uploadId \d/.test(line)));
    return [...store.requests].sort();
  }

  /** Makes this many requests fail. */
  function failTimes(times: number, of: readonly [string, string], fault: StoreFault): void {
    let left = times;
    store.fail((method, target) => {
      return method === of[0] && target === of[1] && left-- > 0 ? fault : undefined;
    });
  }

  /** Expects that nothing can be read, and nothing takes room. */
  function expectNothing(): void {
    expect(store.keys()).toEqual([]);
    expect(store.uploads()).toEqual([]);
  }

  async function read(first: number, length: number): Promise<Buffer> {
    const chunks = [];
    const range = { first, length };
    for await (const chunk of await objects.get("key", { range })) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  test("are put in parts, and read as one", async () => {
    await put();
    expect(await requests()).toEqual([
      "POST key?uploadId 200",
      "POST key?uploads 200",
      "PUT key?partNumber=1 200",
      "PUT key?partNumber=2 200",
      "PUT key?partNumber=3 200",
    ]);
    expect(store.uploads()).toEqual([]);
    for (const [first, length] of [
      [0, BYTES.length],
      [PART_BYTES - 1, 2],
      [PART_BYTES + 1, PART_BYTES],
      [BYTES.length - 1, 1],
    ] as const) {
      expect((await read(first, length)).equals(BYTES.subarray(first, first + length))).toBe(true);
    }
  });

  test("are put with one request if they have one part", async () => {
    await put(BYTES.subarray(0, PART_BYTES));
    await eventually(async () => store.requests.length > 0);
    expect(store.requests).toEqual(["PUT key 200"]);
  });

  test("cannot be seen before their completion", async () => {
    let seen: readonly string[] | undefined;
    store.fail((method, target) => {
      if (method === "POST" && isEnd(target)) seen = store.keys();
      return undefined;
    });
    await put();
    expect(seen).toEqual([]);
    expect(store.keys()).toEqual(["key"]);
  });

  test.each([
    ["breaks", BROKEN],
    ["ends the connection", { kind: "cut", afterBytes: MEBIBYTE }],
  ] as const)("are put by a retry of one part if the store %s at it", async (_, fault) => {
    failTimes(1, ["PUT", "key?partNumber=2"], fault);
    await put();
    const parts = (await requests()).filter(isPart).map((line) => line.split(" ")[1]);
    expect(parts).toEqual([1, 2, 2, 3].map((number) => `key?partNumber=${number}`));
    expect((await read(0, BYTES.length)).equals(BYTES)).toBe(true);
  });

  test.each([
    ["beginning", ["POST", "key?uploads"]],
    ["a part", ["PUT", "key?partNumber=1"]],
    ["completing", ["POST", "key?uploadId"]],
  ] as const)("are put although the store hangs once at %s", async (_, of) => {
    failTimes(1, of, HANGING);
    await put(BYTES, {
      target: createS3ObjectStore(store.settings, { idleTimeoutMs: 2 * IDLE_TIMEOUT_MS }),
    });
    expect((await read(0, BYTES.length)).equals(BYTES)).toBe(true);
  });

  test.each([
    ["breaks at one part", 3, BROKEN],
    ["refuses one part", 1, DENIED],
    ["ends the connection at one part", 3, { kind: "cut", afterBytes: MEBIBYTE }],
  ] as const)("leave nothing when the store always %s", async (_, attempts, fault) => {
    store.fail((_, target) => (target === "key?partNumber=2" ? fault : undefined));
    const error = await put().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BlobStoreUnavailable);
    expect(String(error)).toContain("UploadPart 2 key");
    expectNothing();
    const sent = (await requests()).filter((line) => line.startsWith("PUT key?partNumber=2"));
    expect(sent).toHaveLength(attempts);
  });

  test("are sent with at most two parts at once", async () => {
    const asked = new Set<string>();
    store.fail((_, target) => {
      if (!isPart(target)) return undefined;
      asked.add(target);
      return HANGING;
    });
    const target = createS3ObjectStore(store.settings, { idleTimeoutMs: IDLE_TIMEOUT_MS });
    await expect(put(BYTES, { target })).rejects.toThrow(`no byte moved for ${IDLE_TIMEOUT_MS} ms`);
    expect([...asked].sort()).toEqual(["key?partNumber=1", "key?partNumber=2"]);
    expectNothing();
  });

  test("are aborted with all their parts when the store refuses one", async () => {
    let hanging = 0;
    store.fail((_, target) => {
      if (target === "key?partNumber=1") return hanging > 0 ? DENIED : BROKEN;
      if (target !== "key?partNumber=2") return undefined;
      hanging++;
      return HANGING;
    });
    await expect(put()).rejects.toThrow("refuses UploadPart 1 key");
    expect(hanging).toBe(1);
    expectNothing();
  });

  test.each([
    ["parts", isPart],
    ["completing", isEnd],
  ])("are aborted when their caller leaves during %s", async (_, isAt) => {
    const leaving = new AbortController();
    store.fail((method, target) => {
      if (method === "DELETE" || !isAt(target)) return undefined;
      setImmediate(() => leaving.abort(new Error("the client went away")));
      return HANGING;
    });
    await expect(put(BYTES, leaving)).rejects.toThrow("the client went away");
    expectNothing();
  });

  test.each([
    ["refused", DENIED],
    ["not answered", HANGING],
  ])("fail with the first error when their abort is %s", async (_, fault) => {
    store.fail((method, target) => {
      if (method === "DELETE") return fault;
      return isPart(target) ? DENIED : undefined;
    });
    const error: unknown = await put().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BlobStoreRefused);
    expect(String(error)).toMatch(/refuses UploadPart \d key/);
    expect(store.uploads()).toEqual(["key"]);
  });

  test("are completed by a retry when a 200 contains an error", async () => {
    failTimes(1, ["POST", "key?uploadId"], { kind: "late", code: "InternalError" });
    await put();
    expect((await read(0, BYTES.length)).equals(BYTES)).toBe(true);

    store.clear();
    failTimes(Infinity, ["POST", "key?uploadId"], { kind: "late", code: "InternalError" });
    const error: unknown = await put().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BlobStoreUnavailable);
    expect(String(error)).toContain("CompleteMultipartUpload key");
    expectNothing();
  });

  test("are put although the answer to their completion is lost", async () => {
    failTimes(1, ["POST", "key?uploadId"], { kind: "mute" });
    await put();
    expect(await requests()).toContain("POST key?uploadId 404");
    expect((await read(0, BYTES.length)).equals(BYTES)).toBe(true);
  });

  test("fail when somebody else has aborted them", async () => {
    store.fail((_, target) => {
      if (isPart(target)) store.clear();
      return undefined;
    });
    await expect(put()).rejects.toThrow(/404 NoSuchUpload/);
    expectNothing();
  });

  test("are refused by the store if a part differs from the received bytes", async () => {
    const damaging = withContent(BYTES, async (content) => {
      await content.file.write("another", PART_BYTES);
      await objects.put("key", content, undefined);
    });
    await expect(damaging).rejects.toThrow("refuses UploadPart 2 key with 400 BadDigest");
    expectNothing();
  });

  test("are refused by the store if parts are too small", async () => {
    const bytes = BYTES.subarray(0, 2 * MEBIBYTE);
    const cut = ({ parts: _, ...content }: ObjectContent): ObjectContent => {
      const parts = [0, 1].map((index) => {
        const first = index * MEBIBYTE;
        const part = bytes.subarray(first, first + MEBIBYTE);
        const sha256 = createHash("sha256").update(part).digest("hex");
        return { number: index + 1, first, length: MEBIBYTE, sha256 };
      });
      return { ...content, parts };
    };
    const putting = withContent(bytes, (content) => objects.put("key", cut(content), undefined));
    await expect(putting).rejects.toThrow("400 EntityTooSmall");
    expectNothing();
  });
});
