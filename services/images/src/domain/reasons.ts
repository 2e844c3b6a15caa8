import { Failure, type FieldViolation, invalidFields } from "@triptych/chassis/contract/failure";

/** The reasons for which this domain refuses: the contract's `ErrorReason`. */
export type Reason =
  | "INVALID_ARGUMENT"
  | "UNAUTHENTICATED"
  | "IMAGE_NOT_FOUND"
  | "NOT_IMAGE_OWNER"
  | "NOT_AN_IMAGE"
  | "TOO_LARGE"
  | "TOO_MANY_PIXELS"
  | "VARIANT_NOT_FOUND"
  | "ORIGINAL_FORBIDDEN"
  | "RANGE_NOT_SATISFIABLE"
  | "ETAG_MISMATCH"
  | "UPLOADS_OVERLOADED"
  | "TOO_MANY_UPLOADS"
  | "STORAGE_FULL"
  | "BLOBS_UNAVAILABLE"
  | "BYTES_MISSING";

/** Some fields of a request break a rule. */
export function invalidArgument(violations: readonly FieldViolation[]): Failure<Reason> {
  return invalidFields<Reason>("INVALID_ARGUMENT", violations);
}

/** There is no such image, or the caller may not know of it: the two must look alike. */
export function imageNotFound(id: string): Failure<Reason> {
  return new Failure("IMAGE_NOT_FOUND", `There is no image ${id}.`, { metadata: { id } });
}

/** The blob store does not answer. */
export function blobsUnavailable(retryAfterMs: number, cause: unknown): Failure<Reason> {
  const message = "The bytes of images can be neither stored nor read now.";
  return new Failure("BLOBS_UNAVAILABLE", message, { retryAfterMs, cause });
}

/** The blob store has no room. */
export function storageFull(retryAfterMs: number, cause: unknown): Failure<Reason> {
  const message = "There is no room for more images now. Those that are stored can be read.";
  return new Failure("STORAGE_FULL", message, { retryAfterMs, cause });
}

/** The image is there, and the store has lost its bytes, or some of them. */
export function bytesMissing(id: string, cause: unknown): Failure<Reason> {
  const message = `The bytes of image ${id} are lost. They may come back from a backup.`;
  return new Failure("BYTES_MISSING", message, { metadata: { id }, cause });
}

/** The image is another user's, and only its owner may change it. */
export function notImageOwner(id: string): Failure<Reason> {
  const message = `Image ${id} is another user's: only its owner may change it.`;
  return new Failure("NOT_IMAGE_OWNER", message, { metadata: { id } });
}

/** The bytes are of no accepted type. */
export function notAnImage(): Failure<Reason> {
  return new Failure("NOT_AN_IMAGE", "The file is not a JPEG, PNG, WebP, AVIF or GIF.");
}

/** The file has too many bytes. */
export function tooLarge(maxBytes: number): Failure<Reason> {
  return new Failure("TOO_LARGE", `The file is larger than ${maxBytes} bytes.`, {
    metadata: { max_bytes: String(maxBytes) },
  });
}

/** The picture has too many pixels, in all or on a side. */
export function tooManyPixels(
  { width, height }: { readonly width: number; readonly height: number },
  max: { readonly pixels: number; readonly side: number },
): Failure<Reason> {
  const message = `The picture has ${width} × ${height} pixels: more than ${max.pixels} in all, or than ${max.side} on a side.`;
  return new Failure("TOO_MANY_PIXELS", message, {
    metadata: {
      width: String(width),
      height: String(height),
      max_pixels: String(max.pixels),
      max_side: String(max.side),
    },
  });
}

/** The image has no such rendition, or not yet. */
export function variantNotFound(id: string, variant: string): Failure<Reason> {
  const message = `Image ${id} has no variant ${variant}, or does not have it yet.`;
  return new Failure("VARIANT_NOT_FOUND", message, { metadata: { id, variant } });
}

/** The original is the owner's only, since it may hold where it was taken, and with what. */
export function originalForbidden(id: string): Failure<Reason> {
  const message = `The original of image ${id} is for its owner only. Request a variant instead.`;
  return new Failure("ORIGINAL_FORBIDDEN", message, { metadata: { id } });
}

/** The range begins after the end of the content. */
export function rangeNotSatisfiable(sizeBytes: number): Failure<Reason> {
  const message = `The range is outside of the content, which has ${sizeBytes} bytes.`;
  return new Failure("RANGE_NOT_SATISFIABLE", message, {
    metadata: { size_bytes: String(sizeBytes) },
  });
}

/** The image was changed since the etag was read. */
export function etagMismatch(id: string): Failure<Reason> {
  const message = `Image ${id} was changed meanwhile. Get it again, and repeat the change.`;
  return new Failure("ETAG_MISMATCH", message, { metadata: { id } });
}

/** Too many uploads are under way. */
export function uploadsOverloaded(retryAfterMs: number): Failure<Reason> {
  const message = "Too many uploads are under way. Try again shortly.";
  return new Failure("UPLOADS_OVERLOADED", message, { retryAfterMs });
}

/** The caller has as many uploads under way as one account may. */
export function tooManyUploads(retryAfterMs: number): Failure<Reason> {
  const message = "Too many uploads of this account are under way. Let some of them end first.";
  return new Failure("TOO_MANY_UPLOADS", message, { retryAfterMs });
}
