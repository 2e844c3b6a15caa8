import sharp, { type Sharp } from "sharp";
import type { Answer, Api } from "./api.ts";

/** Draws a picture of two colours: a rotation of it can be seen. */
export function drawing(width: number, height: number): Sharp {
  const left = {
    create: { width: width / 2, height, channels: 3 as const, background: "#d04020" },
  };
  return sharp({ create: { width, height, channels: 3, background: "#2040d0" } }).composite([
    { input: left, left: 0, top: 0 },
  ]);
}

/**
 * Creates a photograph as a telephone takes it: JPEG, rotated by its metadata, with the place where
 * it was taken.
 */
export async function telephonePhotograph(): Promise<Buffer> {
  return await drawing(1600, 1200)
    .withExif({
      IFD0: { Make: "TriptychPhone", Artist: "SecretArtist" },
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: "52/1 30/1 0/1" },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
}

/** Uploads a file with its fields, as a form does. */
export async function upload(
  api: Api,
  token: string,
  file: Uint8Array,
  fields: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob([new Uint8Array(file)]), "photo.jpg");
  return await api.request("POST", "/v1/images", { token, body: form });
}

/** Uploads a small picture, and waits until it is ready. Returns the image. */
export async function readyImage(
  api: Api,
  token: string,
  fields: Readonly<Record<string, string>> = {},
  // biome-ignore lint/suspicious/noExplicitAny: an answer's JSON.
): Promise<any> {
  const uploaded = await upload(api, token, await drawing(64, 48).png().toBuffer(), fields);
  expect(uploaded).toMatchObject({ status: 201, json: { state: "processing" } });
  const isDone = ({ json }: Answer) => json.state !== "processing";
  const ready = await api.until(isDone, `/v1/images/${uploaded.json.id}`, token);
  expect(ready.json.state).toBe("ready");
  return ready.json;
}
