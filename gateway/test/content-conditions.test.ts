import { status } from "@grpc/grpc-js";
import { Visibility } from "@triptych/protos/images/v1/image_pb";
import { ADA, BOB, IMAGE, refusal } from "./fake-services.ts";
import { startTestGateway, type TestGateway } from "./test-gateway.ts";

const CONTENT = Buffer.from("0123456789");
const UNLISTED = BOB;
const PRIVATE = ADA;
const VISIBILITIES = new Map([
  [UNLISTED, Visibility.UNLISTED],
  [PRIVATE, Visibility.PRIVATE],
]);

describe("the bytes of an image under conditions", () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway({
      images: {
        async *downloadImage({ id, range }) {
          const size = CONTENT.length;
          const { first = range ? size - (range.last ?? size) : 0, last = size - 1 } = range ?? {};
          if (first >= size) {
            const metadata = { size_bytes: String(size) };
            throw refusal("RANGE_NOT_SATISFIABLE", status.OUT_OF_RANGE, { metadata });
          }
          const chunk = CONTENT.subarray(first, range?.first === undefined ? size : last + 1);
          const header = {
            contentType: "image/webp",
            sizeBytes: size,
            first,
            length: chunk.length,
            version: "v1",
            visibility: VISIBILITIES.get(id) ?? Visibility.PUBLIC,
          };
          yield { part: { case: "header", value: header } };
          yield { part: { case: "chunk", value: chunk } };
        },
      },
    });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const fetchBytes = (headers: Record<string, string>) =>
    gateway.fetch(`/v1/images/${IMAGE}/content`, { headers });

  test.each([
    ["", IMAGE, "cross-origin"],
    ["", UNLISTED, "cross-origin"],
    ["?variant=thumb", UNLISTED, "cross-origin"],
    ["", PRIVATE, "same-origin"],
    ["?variant=original", IMAGE, "same-origin"],
    ["?variant=original", UNLISTED, "same-origin"],
  ])("may be shown by another site if they need no token: %s of %s", async (query, id, policy) => {
    const path = `/v1/images/${id}/content${query}`;
    for (const [expected, init] of [
      [200, {}],
      [200, { method: "HEAD" }],
      [206, { headers: { range: "bytes=0-1" } }],
      [304, { headers: { "if-none-match": "*" } }],
    ] as const) {
      const response = await gateway.fetch(path, init);
      expect(response.status).toBe(expected);
      expect(response.headers.get("cross-origin-resource-policy")).toBe(policy);
      await response.text();
    }
  });

  test("come in part only if If-Range still holds", async () => {
    const same = await fetchBytes({ range: "bytes=2-4", "if-range": '"v1"' });
    expect([same.status, await same.text()]).toEqual([206, "234"]);
    const other = await fetchBytes({ range: "bytes=20-40", "if-range": '"v0"' });
    expect([other.status, await other.text()]).toEqual([200, "0123456789"]);
  });

  test.each([
    ["an old tag", '"v0"'],
    ["a weak tag", 'W/"v1"'],
    ["a date", "Fri, 01 Jan 2100 00:00:00 GMT"],
    ["nonsense", "v1"],
  ])("come whole if If-Range is %s", async (_, condition) => {
    const response = await fetchBytes({ range: "bytes=2-4", "if-range": condition });
    expect([response.status, await response.text()]).toEqual([200, "0123456789"]);
  });

  test.each(["bytes=2-4", "bytes=-2", "bytes=20-40", "bytes=-0"])(
    "answer HEAD as a whole: Range: %s is for GET",
    async (range) => {
      const init = { method: "HEAD", headers: { range, "if-range": '"v1"' } };
      const head = await gateway.fetch(`/v1/images/${IMAGE}/content`, init);
      expect(head.status).toBe(200);
      expect(head.headers.get("content-length")).toBe("10");
      expect(head.headers.has("content-range")).toBe(false);
      expect(await head.text()).toBe("");
    },
  );

  test.each([
    [{ "if-match": '"v0"' }, 412],
    [{ "if-match": 'W/"v1"' }, 412],
    [{ "if-match": '"v0", "v1"' }, 206],
    [{ "if-match": "*" }, 206],
    [{ "if-match": '"v0"', "if-none-match": '"v1"' }, 412],
    [{ "if-none-match": '"v1"' }, 304],
    [{ "if-none-match": '"v0"' }, 206],
    [{ "if-none-match": '"v1"', "if-range": '"v0"' }, 304],
    [{ "if-unmodified-since": "Sat, 01 Jan 2000 00:00:00 GMT" }, 206],
    [{ "if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT" }, 206],
    [{ accept: "text/html", "if-none-match": '"v1"' }, 406],
    [{ accept: "text/html", "if-match": '"v0"' }, 406],
  ])("evaluate preconditions before the range: %j", async (condition, expected) => {
    const part = await fetchBytes({ range: "bytes=2-4", ...condition });
    expect(part.status).toBe(expected);
    await part.text();
    const outside = await fetchBytes({ range: "bytes=20-40", ...condition });
    if (!("accept" in condition)) expect(outside.status).toBe(expected === 206 ? 416 : expected);
    await outside.text();
  });
});
