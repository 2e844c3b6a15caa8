import { get } from "node:http";
import { status } from "@grpc/grpc-js";
import { RpcError } from "@triptych/chassis/contract/rpc-error";
import { eventually } from "@triptych/chassis/testing/eventually";
import { Visibility } from "@triptych/protos/images/v1/image_pb";
import { ADA, BOB, COMMENT, IMAGE, refusal, SESSION } from "./fake-services.ts";
import { bodyOf, startTestGateway, type TestGateway } from "./test-gateway.ts";

const CONTENT = Buffer.from("0123456789");
const ENDLESS = COMMENT;
const UNLISTED = BOB;
const FAILING = SESSION;

describe.each([
  ["over gRPC", true],
  ["within the process", false],
])("the bytes of an image %s", (_, overGrpc) => {
  let gateway: TestGateway;
  let sent = 0;
  let ended = 0;
  /** Called at each download, once its first three bytes are sent; an error ends the download. */
  let afterThree: ((download: number) => unknown) | undefined;
  let version = "v1";
  let gone = false;
  let isShort = false;
  const asked: (readonly [first: number | undefined, last: number | undefined])[] = [];

  beforeAll(async () => {
    gateway = await startTestGateway(
      {
        images: {
          async *downloadImage({ id, range }) {
            asked.push([range?.first, range?.last]);
            if (gone) throw refusal("DATABASE_UNAVAILABLE", status.UNAVAILABLE);
            const endless = id === ENDLESS;
            const size = endless ? 1_000_000_000 : CONTENT.length;
            const first = range?.first ?? (range?.last === undefined ? 0 : size - range.last);
            if (first >= size || (range?.first === undefined && range?.last === 0)) {
              throw refusal("RANGE_NOT_SATISFIABLE", status.OUT_OF_RANGE, {
                metadata: { size_bytes: String(size) },
              });
            }
            const wanted = range?.first === undefined ? size - 1 : (range.last ?? size - 1);
            const last = Math.min(wanted, size - 1);
            const header = {
              contentType: "image/webp",
              sizeBytes: size,
              first,
              length: last - first + 1,
              version,
              visibility: id === UNLISTED ? Visibility.UNLISTED : Visibility.PUBLIC,
            };
            yield { part: { case: "header", value: header } };
            try {
              while (endless) {
                yield { part: { case: "chunk", value: new Uint8Array(64 * 1024) } };
                sent += 64 * 1024;
              }
              if (id === FAILING) {
                yield { part: { case: "chunk", value: CONTENT.subarray(0, 3) } };
                throw new Error("the disk is gone");
              }
              if (afterThree !== undefined) {
                yield { part: { case: "chunk", value: CONTENT.subarray(first, first + 3) } };
                await afterThree(asked.length);
                if (isShort) return;
                yield { part: { case: "chunk", value: CONTENT.subarray(first + 3, last + 1) } };
                return;
              }
              yield { part: { case: "chunk", value: CONTENT.subarray(first, last + 1) } };
            } finally {
              ended += 1;
            }
          },
        },
      },
      { overGrpc },
    );
  });
  beforeEach(() => {
    sent = 0;
    ended = 0;
    afterThree = undefined;
    version = "v1";
    gone = false;
    isShort = false;
    asked.length = 0;
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const fetchBytes = (headers: Record<string, string> = {}, query = "", id = IMAGE) =>
    gateway.fetch(`/v1/images/${id}/content${query}`, { headers });

  test("come whole, with their type and a policy that lets nothing in them run", async () => {
    const response = await fetchBytes();
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("0123456789");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/webp",
      "content-length": "10",
      "accept-ranges": "bytes",
      etag: '"v1"',
      "cache-control": "public, no-cache",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
      "cross-origin-resource-policy": "cross-origin",
      "content-disposition": `inline; filename="${IMAGE}-large.webp"`,
    });
  });

  test.each([
    ["?variant=large&v=v1", IMAGE, "public, max-age=31536000, immutable"],
    ["?variant=large&v=old", IMAGE, "public, no-cache"],
    ["?variant=original&v=v1", IMAGE, "private, no-cache"],
    ["?variant=large&v=v1", UNLISTED, "private, no-cache"],
  ])("are cached by their url: %s of %s", async (query, id, expected) => {
    const response = await fetchBytes({}, query, id);
    expect(response.headers.get("cache-control")).toBe(expected);
    await response.text();
  });

  test.each([
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-2", 206, "89", "bytes 8-9/10"],
    ["bytes=8-99999999999999", 206, "89", "bytes 8-9/10"],
    ["bytes=0-1,3-4", 200, "0123456789", null],
    ["bytes=4-2", 200, "0123456789", null],
    ["lines=1-2", 200, "0123456789", null],
    ["bytes=-", 200, "0123456789", null],
  ])("answer Range: %s by %d", async (range, expected, text, contentRange) => {
    const response = await fetchBytes({ range });
    expect(response.status).toBe(expected);
    expect(await response.text()).toBe(text);
    expect(response.headers.get("content-range")).toBe(contentRange);
  });

  test("answer 416 with their size to a range that is outside", async () => {
    for (const range of ["bytes=10-", "bytes=99999999999999-", "bytes=-0"]) {
      const response = await fetchBytes({ range });
      expect(response.status).toBe(416);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("content-range")).toBe("bytes */10");
      expect((await bodyOf(response)).code).toBe("RANGE_NOT_SATISFIABLE");
    }
  });

  test("are answered by 304 if the client has them", async () => {
    const response = await fetchBytes({ "if-none-match": '"v0", "v1"' });
    expect(response.status).toBe(304);
    expect(response.headers.get("etag")).toBe('"v1"');
  });

  test("answer HEAD with their length, and 406 if Accept takes no image", async () => {
    const head = await gateway.fetch(`/v1/images/${IMAGE}/content`, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "10"]);
    const html = await fetchBytes({ accept: "text/html" });
    expect(html.status).toBe(406);
    expect((await fetchBytes({ accept: "text/html, image/*" })).status).toBe(200);
  });

  test("flow as fast as the client reads, and stop when it leaves (backpressure)", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const client = get(`${gateway.url}/v1/images/${ENDLESS}/content`, (response) => {
      response.once("readable", () => resolve());
      response.on("error", () => undefined);
    });
    client.on("error", () => undefined);
    await promise;
    let before = -1;
    function isBlocked(): boolean {
      const isUnchanged = sent === before;
      before = sent;
      return isUnchanged;
    }
    await eventually(isBlocked, { intervalMs: 100 });
    expect(sent).toBeLessThan(50_000_000);
    client.destroy();
    await eventually(() => ended > 0);
    expect(ended).toBe(1);
  });

  const lost = () => {
    throw new RpcError(status.UNAVAILABLE, "the connection is lost");
  };

  test("resume at the next byte when their replica is lost, whole or in part", async () => {
    afterThree = (download) => download % 2 === 1 && lost();
    expect(await (await fetchBytes()).text()).toBe("0123456789");
    expect(await (await fetchBytes({ range: "bytes=2-8" })).text()).toBe("2345678");
    expect(asked).toEqual([
      [undefined, undefined],
      [3, 9],
      [2, 8],
      [5, 8],
    ]);
  });

  test("resume after their replica hangs", async () => {
    afterThree = (download) => download === 1 && new Promise(() => {});
    expect(await (await fetchBytes()).text()).toBe("0123456789");
    expect(asked).toHaveLength(2);
  }, 20_000);

  test("break off if the stream ends before the last byte", async () => {
    afterThree = () => {
      isShort = true;
    };
    await expect((await fetchBytes()).text()).rejects.toThrow();
  });

  test("break off if they were replaced meanwhile", async () => {
    afterThree = () => {
      version = "v2";
      lost();
    };
    await expect((await fetchBytes()).text()).rejects.toThrow();
    expect(asked).toHaveLength(2);
  });

  test("break off after the last retry if the service stays down", async () => {
    afterThree = () => {
      afterThree = undefined;
      gone = true;
      lost();
    };
    await expect((await fetchBytes()).text()).rejects.toThrow();
    expect(asked.length).toBeGreaterThan(2);
    gone = false;
    await eventually(async () => (await fetchBytes()).status === 200); // the breaker has opened
  }, 20_000);

  test("break off when the service fails, and are never taken for whole", async () => {
    const response = await fetchBytes({}, "", FAILING);
    await expect(response.text()).rejects.toThrow();
    expect((await gateway.fetch("/healthz")).status).toBe(200);
  });

  test("are refused with images' reason before the first byte", async () => {
    await using other = await startTestGateway({
      images: {
        // biome-ignore lint/correctness/useYield: it refuses before the first message
        async *downloadImage() {
          throw refusal("IMAGE_NOT_FOUND", status.NOT_FOUND);
        },
      },
    });
    const headers = await other.as(ADA);
    const response = await other.fetch(`/v1/images/${IMAGE}/content`, { headers });
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
  });
});
