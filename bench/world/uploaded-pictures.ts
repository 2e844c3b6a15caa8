import type pg from "pg";
import sharp from "sharp";
import { createRandom } from "./random.ts";

/** A picture uploaded through the front door and rendered. Other images share its bytes. */
export interface UploadedPicture {
  readonly id: string;
  readonly ownerId: string;
  readonly width: number;
  readonly height: number;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly hash: string;
  readonly placeholder: Buffer;
  readonly createTime: Date;
  readonly updateTime: Date;
  /** The largest first. */
  readonly variants: readonly {
    readonly name: string;
    readonly width: number;
    readonly height: number;
    readonly contentType: string;
    readonly sizeBytes: number;
    readonly hash: string;
  }[];
}

/** How many pictures are uploaded, and how large they are. */
export interface PictureSize {
  readonly count: number;
  readonly width: number;
  readonly height: number;
}

/** Photographs of 12 megapixels, as a telephone takes them: some 3 MB. */
export const PICTURES_DEFAULT: PictureSize = { count: 8, width: 4_000, height: 3_000 };

/** A picture for tests, drawn in a moment. */
export const PICTURES_SMALL: PictureSize = { count: 1, width: 320, height: 240 };

/** Noise of an eighth of the size, enlarged, has about as many bytes as a photograph. */
const NOISE_SCALE = 8;
const QUALITY = 85;

/** Draws a JPEG of noise: the same one for the same seed. */
export async function drawPicture({ width, height }: PictureSize, seed: number): Promise<Buffer> {
  const random = createRandom(seed);
  const raw = { width: width / NOISE_SCALE, height: height / NOISE_SCALE, channels: 3 as const };
  const pixels = Buffer.from(random.hex(raw.width * raw.height * raw.channels * 2), "hex");
  return await sharp(pixels, { raw })
    .resize(width, height, { kernel: "cubic" })
    .jpeg({ quality: QUALITY })
    .toBuffer();
}

/** Uploads a JPEG as a form does. Returns the image's id. */
export async function uploadPicture(url: string, token: string, jpeg: Buffer): Promise<string> {
  const form = new FormData();
  form.append("title", "An uploaded picture");
  form.append("file", new Blob([new Uint8Array(jpeg)]), "photo.jpg");
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/v1/images`, { method: "POST", headers, body: form });
  if (response.status !== 201) throw new Error(`an upload failed: ${await response.text()}`);
  const { id } = (await response.json()) as { readonly id: string };
  return id;
}

const SELECT_PICTURES = `
  select i.id, i.owner_id as "ownerId", i.width, i.height, i.content_type as "contentType",
    i.size_bytes as "sizeBytes", i.blob_hash as hash, i.placeholder, i.create_time as "createTime",
    i.update_time as "updateTime", (
      select jsonb_agg(jsonb_build_object('name', name, 'width', width, 'height', height,
        'contentType', content_type, 'sizeBytes', size_bytes, 'hash', blob_hash)
        order by array_position(array['large', 'medium', 'small', 'thumb'], name))
      from variants where image_id = i.id
    ) as variants
  from images i where i.state = 'ready' order by i.id`;

/** Reads the pictures that were uploaded, from the database of images. */
export async function readPictures(client: pg.Client): Promise<readonly UploadedPicture[]> {
  const { rows } = await client.query<UploadedPicture>(SELECT_PICTURES);
  return rows;
}
