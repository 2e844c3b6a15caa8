import { request as httpRequest } from "node:http";
import { status } from "@grpc/grpc-js";
import { eventually } from "@triptych/chassis/testing/eventually";
import { Visibility } from "@triptych/protos/images/v1/image_pb";
import type { ImageHeader, UploadEnd } from "@triptych/protos/images/v1/image_service_pb";
import { ADA, IMAGE, imageMessage, refusal, userMessage } from "./fake-services.ts";
import { bodyOf, startTestGateway, type TestGateway } from "./test-gateway.ts";

interface Upload {
  header: ImageHeader;
  bytes: number;
  end?: UploadEnd;
}

const FILE_BYTES_MAX = 25 * 1024 * 1024;

describe.each([
  ["over gRPC", true],
  ["within the process", false],
])("an upload %s", (_, overGrpc) => {
  let gateway: TestGateway;
  let authorization: string;
  const uploads: Upload[] = [];

  beforeAll(async () => {
    gateway = await startTestGateway(
      {
        users: { batchGetUsers: async () => ({ users: [userMessage()] }) },
        images: {
          async createImage(messages) {
            const upload = { bytes: 0 } as Upload;
            uploads.push(upload);
            for await (const { part } of messages) {
              if (part.case === "header") upload.header = part.value;
              if (part.case === "end") upload.end = part.value;
              if (part.case !== "chunk") continue;
              expect(part.value.length).toBeLessThanOrEqual(64 * 1024);
              if (part.value[0] === 0x23) throw refusal("NOT_AN_IMAGE", status.INVALID_ARGUMENT);
              upload.bytes += part.value.length;
            }
            const { header, end } = upload;
            expect(end?.sizeBytes).toBe(upload.bytes);
            const visibility = end?.visibility || header.visibility || Visibility.PUBLIC;
            return { ...imageMessage(), title: end?.title ?? header.title, visibility, etag: "1" };
          },
        },
        comments: { batchGetCommentCounts: async () => ({ counts: [] }) },
      },
      { overGrpc },
    );
    ({ authorization } = await gateway.as(ADA));
  });
  beforeEach(() => uploads.splice(0));
  afterAll(() => gateway[Symbol.asyncDispose]());

  function form(...entries: readonly (readonly [string, string | Blob])[]): FormData {
    const data = new FormData();
    for (const [name, value] of entries) {
      if (typeof value === "string") data.append(name, value);
      else data.append(name, value, "photo.jpg");
    }
    return data;
  }

  const file = (bytes = 200_000) => new Blob([new Uint8Array(bytes)]);
  const send = (body: FormData) =>
    gateway.fetch("/v1/images", { method: "POST", headers: { authorization }, body });

  test("streams the file behind the fields that stand before it, in one call", async () => {
    const response = await send(
      form(
        ["title", "Hafen ⛵"],
        ["tags", "a"],
        ["tags", "b"],
        ["visibility", "unlisted"],
        ["file", file()],
      ),
    );
    expect(response.status).toBe(201);
    expect(response.headers.get("location")).toBe(`/v1/images/${IMAGE}`);
    expect(await bodyOf(response)).toMatchObject({
      visibility: "unlisted",
      owner: { handle: "ada" },
    });
    expect(uploads).toMatchObject([
      {
        header: { title: "Hafen ⛵", tags: ["a", "b"], visibility: Visibility.UNLISTED },
        bytes: 200_000,
        end: { tags: [], visibility: Visibility.UNSPECIFIED },
      },
    ]);
  });

  test.each<[string, readonly (readonly [string, string | Blob])[], object, object]>([
    [
      "behind it, as curl sends them",
      [
        ["file", file()],
        ["title", "y"],
        ["visibility", "public"],
      ],
      { title: "", visibility: Visibility.UNSPECIFIED },
      { title: "y", visibility: Visibility.PUBLIC },
    ],
    [
      "on both sides of it",
      [
        ["description", "Early"],
        ["tags", "a"],
        ["file", file()],
        ["title", "Late"],
        ["tags", "b"],
        ["tags", "c"],
      ],
      { description: "Early", tags: ["a"], visibility: Visibility.UNSPECIFIED },
      { title: "Late", tags: ["b", "c"] },
    ],
    [
      "nowhere, and is public by the contract",
      [["file", file()]],
      { title: "", tags: [], visibility: Visibility.UNSPECIFIED },
      { tags: [], visibility: Visibility.UNSPECIFIED },
    ],
  ])("is created by one call, and once, with fields %s", async (_name, entries, header, end) => {
    // The images service of this test has no other method.
    const response = await send(form(...entries));
    expect(response.status).toBe(201);
    expect(response.headers.get("etag")).toMatch(/^"1\./);
    expect(uploads).toHaveLength(1);
    expect(uploads[0]?.header).toMatchObject(header);
    expect(uploads[0]?.end).toMatchObject(end);
  });

  test("leaves nothing if a field behind its file is wrong, and names each wrong one", async () => {
    const response = await send(form(["file", file()], ["visibility", "secret"], ["x", "y"]));
    expect(response.status).toBe(400);
    expect((await bodyOf(response)).errors).toEqual([
      { field: "x", message: expect.any(String) },
      { field: "visibility", message: "must be one of public, unlisted, private" },
    ]);
    expect(uploads.map(({ end }) => end)).toEqual([undefined]);
  });

  test("is refused for what is wrong only together with the fields before its file", async () => {
    const tags = Array.from({ length: 11 }, (_, index) => ["tags", `tag ${index}`] as const);
    const response = await send(
      form(...tags, ["title", "a"], ["file", file()], ...tags, ["title", "b"]),
    );
    expect(response.status).toBe(400);
    expect((await bodyOf(response)).errors).toEqual([
      { field: "title", message: "must not be given more than once" },
      { field: "tags", message: "must have at most 20 entries" },
    ]);
    expect(uploads.map(({ end }) => end)).toEqual([undefined]);
  });

  test.each<[string, readonly (readonly [string, string | Blob])[], readonly string[]]>([
    ["no file", [["title", "x"]], ["file"]],
    ["nothing", [], ["file"]],
    ["a file by another name", [["photo", file(10)]], ["file", "photo"]],
    [
      "two files",
      [
        ["file", file(10)],
        ["file", file(10)],
      ],
      ["file"],
    ],
    [
      "a title twice",
      [
        ["title", "a"],
        ["title", "b"],
        ["file", file(10)],
      ],
      ["title"],
    ],
    [
      "a NUL",
      [
        ["title", "a\0b"],
        ["file", file(10)],
      ],
      ["title"],
    ],
    [
      "a long title",
      [
        ["title", "x".repeat(201)],
        ["file", file(10)],
      ],
      ["title"],
    ],
    [
      "an endless title",
      [
        ["title", "x".repeat(100_000)],
        ["file", file(10)],
      ],
      ["title"],
    ],
    [
      "bytes that are not UTF-8",
      [
        ["title", new Blob([new Uint8Array([0xff])])],
        ["file", file(10)],
      ],
      ["title"],
    ],
    ["too many tags", [...Array(21).fill(["tags", "t"]), ["file", file(10)]], ["tags"]],
  ])("names the fields that are wrong in a form with %s", async (_name, entries, fields) => {
    const response = await send(form(...entries));
    expect(response.status).toBe(400);
    const { code, errors } = await bodyOf(response);
    expect(code).toBe("INVALID_ARGUMENT");
    expect((errors as { field: string }[]).map(({ field }) => field).sort()).toEqual(fields);
  });

  test("answers 413 to a file above 25 MiB, and the client reads the answer", async () => {
    const within = await send(form(["visibility", "public"], ["file", file(FILE_BYTES_MAX)]));
    expect(within.status).toBe(201);
    for (const bytes of [FILE_BYTES_MAX + 1, FILE_BYTES_MAX * 2]) {
      const response = await send(form(["file", file(bytes)]));
      expect(response.status).toBe(413);
      expect((await bodyOf(response)).code).toBe("TOO_LARGE");
    }
    expect(uploads.filter(({ end }) => end)).toHaveLength(1);
  });

  test("answers with the refusal of images while the client still sends", async () => {
    const text = new Blob(["#".repeat(20_000_000)]);
    for (let times = 0; times < 8; times++) {
      const response = await send(form(["file", text]));
      expect(response.status).toBe(415);
      expect((await bodyOf(response)).code).toBe("NOT_AN_IMAGE");
    }
  });

  test.each([
    ["without a boundary", "multipart/form-data", "--x\r\n"],
    [
      "that ends early",
      "multipart/form-data; boundary=x",
      '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
    ],
    ["with a part without a header", "multipart/form-data; boundary=x", "--x\r\n\r\nabc"],
    ["of nonsense", "multipart/form-data; boundary=x", "nonsense"],
  ])("answers 400 to a form %s", async (_name, type, body) => {
    const headers = { authorization, "content-type": type };
    const response = await gateway.fetch("/v1/images", { method: "POST", headers, body });
    expect(response.status).toBe(400);
    expect((await bodyOf(response)).code).toMatch(/MALFORMED_MULTIPART|INVALID_ARGUMENT/);
  });

  test("answers 415 to a body that is no form", async () => {
    const headers = { authorization, "content-type": "application/json" };
    const response = await gateway.fetch("/v1/images", { method: "POST", headers, body: "{}" });
    expect(response.status).toBe(415);
  });

  test("is cancelled when the client leaves, without opening a breaker or logging an error", async () => {
    for (let times = 0; times < 8; times++) {
      const client = httpRequest(`${gateway.url}/v1/images`, {
        method: "POST",
        headers: { authorization, "content-type": "multipart/form-data; boundary=x" },
      });
      const gone = Promise.withResolvers<void>();
      client.on("error", () => undefined);
      client.on("close", () => gone.resolve());
      client.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n');
      client.write(Buffer.alloc(300_000));
      await eventually(() => (uploads[times]?.bytes ?? 0) >= 100_000);
      client.destroy();
      await gone.promise;
    }
    expect((await send(form(["file", file()]))).status).toBe(201);
    expect(uploads.filter(({ end }) => end)).toHaveLength(1);
    expect(gateway.lines.filter(({ level }) => level === "error")).toEqual([]);
  });
});
