import type { UserCaller } from "@triptych/chassis/identity/caller";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { ImageFailure, ImageState, VariantName } from "@triptych/protos/images/v1/image_pb";
import sharp from "sharp";
import { animation, phonePhotograph, picture, SMALL_PICTURES } from "./pictures.ts";
import { type ImagesUnderTest, startImages } from "./start-images.ts";
import { processed, startWorker } from "./start-worker.ts";

const VARIANTS = [
  VariantName.LARGE,
  VariantName.MEDIUM,
  VariantName.SMALL,
  VariantName.THUMB,
] as const;

describe("variants", () => {
  let images: ImagesUnderTest;
  let worker: AsyncDisposable;
  let caller: UserCaller;
  beforeAll(async () => {
    images = await startImages();
    worker = await startWorker(images);
    caller = await images.user();
  });
  afterAll(async () => {
    await worker[Symbol.asyncDispose]();
    await images[Symbol.asyncDispose]();
  });

  async function download(id: string, variant: VariantName): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const { part } of images.client.downloadImage({ id, variant }, contextFor(caller))) {
      if (part.case === "chunk") chunks.push(part.value);
    }
    return Buffer.concat(chunks);
  }

  async function ready(file: Uint8Array) {
    const { id, width, height } = await images.upload(caller, file);
    const image = await processed(images, caller, id);
    expect(image.state).toBe(ImageState.READY);
    // The size is that of the upload's answer, unless that could not know it.
    if (width > 0) expect([image.width, image.height]).toEqual([width, height]);
    return image;
  }

  async function failure(file: Uint8Array) {
    const { id } = await images.upload(caller, file);
    const image = await processed(images, caller, id);
    expect(image.state).toBe(ImageState.FAILED);
    expect(image).toMatchObject({ variants: [], width: 0, height: 0 });
    return image.failure;
  }

  test("of a phone's photograph are upright, in four sizes, without a byte of metadata", async () => {
    const file = await phonePhotograph(2600, 1300);
    expect(file.includes("PhoneMaker")).toBe(true);
    const image = await ready(file);
    expect(image).toMatchObject({
      width: 1300,
      height: 2600,
      contentType: "image/jpeg",
      etag: "1",
    });
    expect(image.placeholder.length).toBeGreaterThan(4);
    expect(image.variants.map(({ name, width, height }) => [name, width, height])).toEqual([
      [VariantName.LARGE, 1024, 2048],
      [VariantName.MEDIUM, 512, 1024],
      [VariantName.SMALL, 256, 512],
      [VariantName.THUMB, 256, 256],
    ]);
    for (const variant of image.variants) {
      const bytes = await download(image.id, variant.name);
      expect(bytes.length).toBe(variant.sizeBytes);
      const metadata = await sharp(bytes).metadata();
      expect(metadata).toMatchObject({
        format: "webp",
        width: variant.width,
        height: variant.height,
      });
      const { exif, icc, iptc, xmp, orientation } = metadata;
      expect([exif, icc, iptc, xmp, orientation]).toEqual(Array(5).fill(undefined));
      for (const text of ["Exif", "EXIF", "GPS", "PhoneMaker", "Phone 12", "ICCP", "XMP"]) {
        expect(bytes.includes(text)).toBe(false);
      }
    }
    expect((await download(image.id, VariantName.ORIGINAL)).equals(file)).toBe(true);
  });

  test.each(Object.entries(SMALL_PICTURES))(
    "%s becomes WebP, and is never enlarged",
    async (contentType, make) => {
      const image = await ready(await make());
      expect(image).toMatchObject({ contentType, width: 100, height: 80 });
      expect(image.variants.map(({ name }) => name)).toEqual(VARIANTS);
      const sizes = image.variants.map(({ width, height }) => [width, height]);
      expect(sizes).toEqual([
        [100, 80],
        [100, 80],
        [100, 80],
        [80, 80],
      ]);
      for (const name of VARIANTS) {
        expect(await sharp(await download(image.id, name)).metadata()).toMatchObject({
          format: "webp",
        });
      }
    },
  );

  test("of an animation show the first frame only", async () => {
    const image = await ready(await animation(60, 50));
    const metadata = await sharp(await download(image.id, VariantName.LARGE)).metadata();
    expect(metadata).toMatchObject({ width: 60, height: 50 });
    expect(metadata.pages ?? 1).toBe(1);
  });

  test("of a wide colour profile look like the original", async () => {
    const red = { create: { width: 64, height: 64, channels: 3, background: "#c83232" } } as const;
    const file = await sharp(red).withIccProfile("p3").png().toBuffer();
    const image = await ready(file);
    const pixels = await sharp(await download(image.id, VariantName.LARGE))
      .raw()
      .toBuffer();
    const distances = [200, 50, 50].map((value, at) => Math.abs((pixels[at] ?? 0) - value));
    expect(Math.max(...distances)).toBeLessThan(6);
  });

  test("of a transparent picture are as transparent, in every size", async () => {
    const background = { r: 200, g: 50, b: 50, alpha: 0.5 };
    const file = await sharp({ create: { width: 1200, height: 900, channels: 4, background } })
      .png()
      .toBuffer();
    const image = await ready(file);
    for (const name of VARIANTS) {
      const pixels = await sharp(await download(image.id, name))
        .raw()
        .toBuffer();
      const distances = [200, 50, 50, 128].map((value, at) => Math.abs((pixels[at] ?? 0) - value));
      expect(Math.max(...distances)).toBeLessThan(6);
    }
  });

  test("of a panorama include a thumb as large as the panorama is high", async () => {
    const image = await ready(await picture(9000, 200).jpeg().toBuffer());
    expect(image.variants.map(({ width, height }) => [width, height])).toEqual([
      [8192, 182],
      [4096, 91],
      [2048, 46],
      [200, 200],
    ]);
  });

  test.each([
    ["a screenshot of a long page", undefined, (long: number, short: number) => [short, long]],
    ["a panorama, turned by its orientation", 6, (long: number, short: number) => [long, short]],
  ])("of %s can be read", async (_, orientation, size) => {
    const file = await picture(1080, 11490).withMetadata({ orientation }).jpeg().toBuffer();
    const image = await ready(file);
    expect(image.variants.map(({ width, height }) => [width, height])).toEqual([
      size(8192, 770),
      size(4096, 385),
      size(2048, 193),
      [256, 256],
    ]);
  });

  test("of a JPEG that is cut off fail as unreadable", async () => {
    const file = await picture(800, 600).jpeg().toBuffer();
    const broken = file.subarray(0, file.length / 2);
    expect(await failure(broken)).toBe(ImageFailure.UNREADABLE);
  });

  test("of a PNG's bare signature fail as unreadable, and nothing else does", async () => {
    const file = await picture(50, 50).png().toBuffer();
    expect(await failure(file.subarray(0, 20))).toBe(ImageFailure.UNREADABLE);
    await ready(file);
  });

  test("of a JPEG are rendered despite stray bytes between its segments", async () => {
    const file = await picture(800, 600).jpeg().toBuffer();
    const next = 4 + file.readUInt16BE(4);
    const stray = Buffer.from([1, 2, 3]);
    await ready(Buffer.concat([file.subarray(0, next), stray, file.subarray(next)]));
  });
});
