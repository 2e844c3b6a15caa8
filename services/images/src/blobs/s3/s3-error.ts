import {
  BlobMissing,
  BlobStoreFull,
  BlobStoreRefused,
  BlobStoreUnavailable,
} from "#domain/blob-store.ts";

const NOT_FOUND = 404;
/** The range begins after the end of the object: bytes are missing. */
const RANGE_NOT_SATISFIABLE = 416;
const INSUFFICIENT_STORAGE = 507;
/** Names of answers of stores that have no room, or whose quota of the bucket is used up. */
const FULL = /StorageFull|InsufficientStorage|QuotaExceeded/;
/** Statuses of an answer that a later attempt may not get. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 429]);
/**
 * S3's own code, with status 400, for a body that arrived too slowly, and Node's name for a missing
 * answer.
 */
const TRANSIENT_NAMES: ReadonlySet<string> = new Set(["RequestTimeout", "TimeoutError"]);
const UPLOAD_OVER = "NoSuchUpload";
const NO_CREDENTIALS = "CredentialsProviderError";

/** There is no such upload in parts: it was completed, or somebody else aborted it. */
export class UploadOver extends BlobStoreUnavailable {
  override readonly name = "UploadOver";
}

/**
 * Maps an error of the SDK to an error of the port. The SDK's error does not become its cause,
 * since it would be logged with members that hold the access key's id and the signed text.
 */
export function toBlobStoreError(thrown: unknown, operation: string, key?: string): Error {
  const { name, message, status, requestId } = read(thrown);
  const what = key === undefined ? operation : `${operation} ${key}`;
  if (name === NO_CREDENTIALS) {
    return new BlobStoreRefused(
      `${what}: there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine or pod a role`,
    );
  }
  if (status === undefined) {
    return new BlobStoreUnavailable(`the object store does not answer ${what}: ${message}`);
  }
  const answer = `${status} ${name} (request ${requestId})`;
  if (name === UPLOAD_OVER) {
    return new UploadOver(`the object store answered ${what} with ${answer}`);
  }
  if (status === INSUFFICIENT_STORAGE || FULL.test(name)) {
    return new BlobStoreFull(`the object store has no room for ${what}: ${answer}`);
  }
  if (status === RANGE_NOT_SATISFIABLE || (status === NOT_FOUND && name !== "NoSuchBucket")) {
    return new BlobMissing(`${what}: ${answer}`);
  }
  const isTransient = status >= 500 || TRANSIENT.has(status) || TRANSIENT_NAMES.has(name);
  return isTransient
    ? new BlobStoreUnavailable(`the object store answered ${what} with ${answer}`)
    : new BlobStoreRefused(
        `the object store refuses ${what} with ${answer}: look at S3_BUCKET, S3_REGION, S3_ENDPOINT, and what the credentials may do`,
      );
}

/**
 * Reads an error by its shape: one of a socket may be of another realm than this module's Error.
 */
function read(thrown: unknown) {
  const error = (typeof thrown === "object" && thrown !== null ? thrown : {}) as {
    readonly name?: string;
    readonly message?: string;
    readonly code?: string;
    readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  };
  const { name = "", message = "", code = "", $metadata } = error;
  return {
    name,
    // If several addresses refuse, Node's error has a code and no message.
    message: message === "" ? code : message,
    status: $metadata?.httpStatusCode,
    requestId: $metadata?.requestId ?? "without an id",
  };
}
