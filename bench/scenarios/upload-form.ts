import sharp from "sharp";

const BOUNDARY = "triptych-bench-boundary";
const WIDTH = 2_400;
const HEIGHT = 1_600;
const BYTES_WANTED = 3_000_000;
const QUALITY_MIN = 30;
const QUALITY_MAX = 100;
/** A comment segment of JPEG: two bytes of marker, two of length, then the text. */
const COMMENT_HEAD_BYTES = 4;
const COMMENT_TEXT_BYTES = 16;

/** The Content-Type of the form. */
export const UPLOAD_FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** A form with a picture, and the place in it where each upload writes letters of its own. */
interface UploadForm {
  readonly bytes: Buffer;
  readonly varyAt: number;
}

let drawn: Promise<UploadForm> | undefined;

/** Returns the form. It is drawn once: that takes seconds. */
export function uploadForm(): Promise<UploadForm> {
  drawn ??= drawForm();
  return drawn;
}

/**
 * Draws a JPEG of about 3 MB, as the form that uploads it. `varyAt` is the place of a comment
 * inside the picture: with another text there, it is another file with the same pixels.
 */
async function drawForm(): Promise<UploadForm> {
  const head = Buffer.from(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="title"\r\n\r\nHarbour at dawn\r\n` +
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="harbour.jpg"\r\n` +
      "Content-Type: image/jpeg\r\n\r\n",
  );
  const picture = await drawPicture();
  const startOfImage = picture.subarray(0, 2);
  const comment = Buffer.alloc(COMMENT_HEAD_BYTES + COMMENT_TEXT_BYTES, "0");
  comment.writeUInt16BE(0xfffe, 0);
  comment.writeUInt16BE(2 + COMMENT_TEXT_BYTES, 2);
  const tail = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
  return {
    bytes: Buffer.concat([head, startOfImage, comment, picture.subarray(2), tail]),
    varyAt: head.length + startOfImage.length + COMMENT_HEAD_BYTES,
  };
}

/** Draws noise, whose size follows the quality: the quality is found by halving. */
async function drawPicture(): Promise<Buffer> {
  const noise = await sharp({
    create: {
      ...{ width: WIDTH, height: HEIGHT, channels: 3, background: "#405060" },
      noise: { type: "gaussian", mean: 128, sigma: 24 },
    },
  })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const encode = (quality: number) =>
    sharp(noise.data, { raw: noise.info }).jpeg({ quality }).toBuffer();
  let [low, high] = [QUALITY_MIN, QUALITY_MAX];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((await encode(middle)).length < BYTES_WANTED) low = middle + 1;
    else high = middle;
  }
  return encode(low);
}
