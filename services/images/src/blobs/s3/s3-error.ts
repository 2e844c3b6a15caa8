import { BlobMissing, BlobStoreRefused, BlobStoreUnavailable } from "#domain/blob-store.ts";

const NOT_FOUND = 404;
/** Answers that say of the request only that it came at a bad time. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 429]);
/**
 * S3's own code for a body that came too slowly, with 400, and Node's words for what has no answer.
 */
const TRANSIENT_NAMES: ReadonlySet<string> = new Set(["RequestTimeout", "TimeoutError"]);
const UPLOAD_OVER = "NoSuchUpload";
const NO_CREDENTIALS = "CredentialsProviderError";

/** There is no such upload in parts: it was completed, or aborted by somebody else. */
export class UploadOver extends BlobStoreUnavailable {
  override readonly name = "UploadOver";
}

/**
 * Mutex what the SDK throws into an error of the port. The SDK's own is not its cause: it carries
 * the answer's members, the id of the access key and the text that was signed among them, and would
 * be logged with them.
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
  if (status === NOT_FOUND && name !== "NoSuchBucket") {
    return new BlobMissing(`${what}: ${answer}`);
  }
  const isTransient = status >= 500 || TRANSIENT.has(status) || TRANSIENT_NAMES.has(name);
  return isTransient
    ? new BlobStoreUnavailable(`the object store answered ${what} with ${answer}`)
    : new BlobStoreRefused(
        `the object store refuses ${what} with ${answer}: look at S3_BUCKET, S3_REGION, S3_ENDPOINT, and what the credentials may do`,
      );
}

/** By shape: what comes from sockets may be of another realm than this module's Error. */
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
    // Of several addresses that all refuse, Node says the code alone.
    message: message === "" ? code : message,
    status: $metadata?.httpStatusCode,
    requestId: $metadata?.requestId ?? "without an id",
  };
}
