import type { UserCaller } from "@triptych/chassis/identity/caller";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { VariantName } from "@triptych/protos/images/v1/image_pb";
import { hugePng, phonePhotograph, picture } from "./pictures.ts";
import {
  BLOB_STORES,
  endOf,
  type ImagesUnderTest,
  messagesOf,
  openingOf,
  startImages,
  UPLOAD_TIMEOUT_MS,
  type UploadMessage,
} from "./start-images.ts";

const MEBIBYTE = 1024 * 1024;

/** A PNG's beginning, then zeroes. */
function pngOf(file: Buffer, bytes: number): Buffer {
  return Buffer.concat([file, Buffer.alloc(bytes - file.length)]);
}

/** An ftyp box. */
function ftyp(...brands: readonly string[]): Buffer {
  const box = Buffer.from(`....ftyp${brands[0]}....${brands.slice(1).join("")}`, "latin1");
  box.writeUInt32BE(box.length, 0);
  return Buffer.concat([box, Buffer.alloc(1_000)]);
}

// Only Linux shows the uploads in progress for a bucket.
const STORES = process.platform === "linux" ? BLOB_STORES : (["file"] as const);

describe.each(STORES)("an upload to a store of kind %s", (store) => {
  let images: ImagesUnderTest;
  let caller: UserCaller;
  let file: Buffer;
  beforeAll(async () => {
    images = await startImages({ uploadsMax: 2, store });
    caller = await images.user();
    file = await picture(30, 20).png().toBuffer();
  });
  afterEach(() => images.clear());
  afterAll(() => images[Symbol.asyncDispose]());

  test("is answered with the size that the picture will have, upright", async () => {
    const uploaded = await images.upload(caller, await phonePhotograph(60, 40));
    expect(uploaded).toMatchObject({ width: 40, height: 60 });
    const { id } = uploaded;
    const found = await images.client.getImage({ id }, contextFor(caller));
    expect(found).toMatchObject({ width: 40, height: 60 });
  });

  const countImages = async () => (await images.query("select id from images")).length;

  async function expectNothingLeft() {
    await eventually(async () => (await images.arriving()) + (await images.files()).length === 0, {
      timeoutMs: 3_000,
    });
    expect(await countImages()).toBe(0);
  }

  async function send(
    messages: AsyncIterable<UploadMessage>,
    signal?: AbortSignal,
    uploader = caller,
  ) {
    return await images.client.createImage(
      messages,
      contextFor(uploader, { signal, timeoutMs: UPLOAD_TIMEOUT_MS }),
    );
  }

  /** An upload that ends only when it may. */
  async function* slow(finish: Promise<void>): AsyncIterable<UploadMessage> {
    yield* openingOf(file);
    await finish;
    yield endOf(file);
  }

  test.each([
    ["a text that is called .jpg", Buffer.from("This is no picture.".repeat(50))],
    ["an SVG", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
    ["an HTML page", Buffer.from("<!doctype html><script>alert(1)</script>")],
    ["a HEIC", ftyp("heic", "mif1", "heic")],
    ["a HEIF of HEIC", ftyp("mif1", "mif1", "heic")],
    ["a BMP", Buffer.concat([Buffer.from("BM"), Buffer.alloc(500)])],
    ["a TIFF", Buffer.concat([Buffer.from("II*\0", "latin1"), Buffer.alloc(500)])],
    ["a WAV in the same container as WebP", Buffer.from("RIFF....WAVEfmt ".repeat(9))],
    ["two bytes of a JPEG", Buffer.from([0xff, 0xd8])],
    ["an empty file", Buffer.alloc(0)],
  ])("fails with NOT_AN_IMAGE for %s", async (_, bytes) => {
    await expect(images.upload(caller, bytes)).rejects.toMatchObject({ reason: "NOT_AN_IMAGE" });
    await expectNothingLeft();
  });

  test("fails with TOO_LARGE for a file of 26 MiB, without reading the rest", async () => {
    let sent = 0;
    async function* endless(): AsyncIterable<UploadMessage> {
      yield* openingOf(pngOf(file, MEBIBYTE));
      for (; sent < 100 * MEBIBYTE; sent += 65_536) {
        yield { part: { case: "chunk", value: Buffer.alloc(65_536) } };
      }
    }
    await expect(send(endless())).rejects.toMatchObject({
      reason: "TOO_LARGE",
      metadata: { max_bytes: String(25 * MEBIBYTE) },
    });
    expect(sent).toBeLessThan(40 * MEBIBYTE);
    await expectNothingLeft();
  });

  test("accepts a file of exactly 25 MiB", async () => {
    const image = await images.upload(caller, pngOf(file, 25 * MEBIBYTE));
    expect(image.sizeBytes).toBe(25 * MEBIBYTE);
  });

  test("fails with TOO_MANY_PIXELS for a PNG of 60,000 × 60,000 in 200 kB", async () => {
    await expect(images.upload(caller, hugePng())).rejects.toMatchObject({
      reason: "TOO_MANY_PIXELS",
      metadata: { width: "60000", height: "60000" },
    });
    await expectNothingLeft();
  });

  test("fails with UNAUTHENTICATED for an anonymous caller before a byte is read", async () => {
    const upload = images.client.createImage(messagesOf(file), contextFor());
    await expect(upload).rejects.toMatchObject({ reason: "UNAUTHENTICATED" });
    await expectNothingLeft();
  });

  test.each([
    ["no header", [], "header"],
    ["a chunk first", [{ part: { case: "chunk", value: new Uint8Array(9) } }], "header"],
    ["two headers", [header(), header()], "chunk"],
    ["a chunk of more than 64 KiB", [header(), chunk(65_537)], "chunk"],
    ["no end", [header(), chunk(9)], "end"],
    ["an end with more bytes than arrived", [header(), chunk(9), end(10)], "end"],
  ] as const)("fails with INVALID_ARGUMENT for %s", async (_, messages, field) => {
    const refused = send(iterate(messages as readonly UploadMessage[]));
    await expect(refused).rejects.toMatchObject({
      reason: "INVALID_ARGUMENT",
      violations: [{ field }],
    });
    await expectNothingLeft();
  });

  test("leaves neither row nor file when it is cut off", async () => {
    const cutOff = new AbortController();
    async function* half(): AsyncIterable<UploadMessage> {
      yield* openingOf(pngOf(file, MEBIBYTE));
      await eventually(async () => (await images.arriving()) === 1);
      cutOff.abort(new Error("the client went away"));
      await new Promise(() => {});
    }
    await expect(send(half(), cutOff.signal)).rejects.toThrow();
    await expectNothingLeft();
  });

  test("leaves neither row nor file when it is cut off while the service waits for its bytes", async () => {
    // Node's HTTP/2 then ends the stream properly, and resets it a moment later.
    for (let times = 0; times < 5; times++) {
      const cutOff = new AbortController();
      async function* trickle(): AsyncIterable<UploadMessage> {
        yield* openingOf(file);
        await eventually(async () => (await images.arriving()) === 1);
        setTimeout(() => cutOff.abort(new Error("the client went away")), 50);
        await new Promise(() => {});
      }
      await expect(send(trickle(), cutOff.signal)).rejects.toThrow();
    }
    await expectNothingLeft();
  });

  test("fails with TOO_MANY_UPLOADS for an account that has its share, and for no other", async () => {
    const other = await images.user();
    const finish = Promise.withResolvers<void>();
    const dripping = send(slow(finish.promise));
    await eventually(async () => (await images.arriving()) === 1);
    await expect(images.upload(caller, file)).rejects.toMatchObject({
      reason: "TOO_MANY_UPLOADS",
      retryAfterMs: expect.any(Number),
    });
    expect((await images.upload(other, file)).ownerId).toBe(other.userId);
    finish.resolve();
    await dripping;
    await images.upload(caller, file);
    expect(await countImages()).toBe(3);
  });

  test("fails with UPLOADS_OVERLOADED while several accounts use all permits", async () => {
    const finish = Promise.withResolvers<void>();
    const underWay = [await images.user(), await images.user()].map((uploader) =>
      send(slow(finish.promise), undefined, uploader),
    );
    await eventually(async () => (await images.arriving()) === 2);
    await expect(images.upload(caller, file)).rejects.toMatchObject({
      reason: "UPLOADS_OVERLOADED",
      retryAfterMs: expect.any(Number),
    });
    finish.resolve();
    await Promise.all(underWay);
    await images.upload(caller, file);
    expect(await countImages()).toBe(3);
  });

  test("leaves no file behind if its row cannot be written", async () => {
    await images.query("alter table queue.job_common rename to job_away");
    try {
      await expect(images.upload(caller, file)).rejects.toMatchObject({ reason: "INTERNAL" });
    } finally {
      await images.query("alter table queue.job_away rename to job_common");
    }
    await expectNothingLeft();
  });

  test("stores the same bytes of two uploads at once only once, and for both", async () => {
    const users = [await images.user(), await images.user()] as const;
    const [first, second] = await Promise.all(users.map((user) => images.upload(user, file)));
    expect(await images.files()).toHaveLength(1);
    expect(await images.query("select reference_count from blobs")).toEqual([
      { reference_count: 2 },
    ]);

    await images.client.deleteImage({ id: first?.id }, contextFor(users[0]));
    expect(await images.files()).toHaveLength(1);
    const request = { id: second?.id, variant: VariantName.ORIGINAL };
    let bytes = 0;
    for await (const { part } of images.client.downloadImage(request, contextFor(users[1]))) {
      if (part.case === "chunk") bytes += part.value.length;
    }
    expect(bytes).toBe(file.length);

    await images.client.deleteImage({ id: second?.id }, contextFor(users[1]));
    await expectNothingLeft();
    expect(await images.query("select hash from blobs")).toEqual([]);
  });
});

function header(): UploadMessage {
  return { part: { case: "header", value: {} } };
}

function chunk(bytes: number): UploadMessage {
  return { part: { case: "chunk", value: new Uint8Array(bytes) } };
}

function end(sizeBytes: number): UploadMessage {
  return { part: { case: "end", value: { sizeBytes } } };
}

async function* iterate(messages: readonly UploadMessage[]): AsyncIterable<UploadMessage> {
  yield* messages;
}
