import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { toBlobStoreError } from "./s3-error.ts";

/** A bucket's address, and the credentials for it. */
export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** Undefined means Amazon's, in the region. */
  readonly endpoint: string | undefined;
  readonly forcePathStyle: boolean;
  /** Undefined means the machine's or pod's own, by the SDK's chain. */
  readonly credentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: string }
    | undefined;
}

/**
 * Attempts of a request, in the SDK's standard mode: exponential backoff of 100 to 500 ms, longer
 * if the store asks to slow down.
 */
const ATTEMPTS_MAX = 3;
/**
 * The size of the connection pool: two for each of 256 uploads, since a file is sent two parts at
 * once, and one for each of as many downloads. Further requests wait, and fail after
 * `CONNECT_MS_MAX`.
 */
const CONNECTIONS_MAX = 768;
const CONNECT_MS_MAX = 1_000;

/** Without a logger the SDK writes to the console what this process logs itself. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * The limit of a request that is sent while a row is locked. A store that hangs occupies a
 * connection of the database for this long.
 */
const SHORT_REQUEST_MS_MAX = 2_000;
const SHORT_ATTEMPT_MS_MAX = 900;

/** Starts the time limits of a request that is sent while a row is locked. */
export function shortRequestLimits() {
  return {
    abortSignal: AbortSignal.timeout(SHORT_REQUEST_MS_MAX),
    requestTimeout: SHORT_ATTEMPT_MS_MAX,
  };
}

/** The SDK, with a client. */
export interface S3 {
  readonly sdk: typeof import("@aws-sdk/client-s3");
  readonly client: S3Client;
}

/** A bucket to which requests can be sent. */
export interface S3Bucket {
  readonly name: string;
  /**
   * Sends a request. Its errors are thrown as errors of the port; once the signal has fired, the
   * error is the signal's reason.
   */
  request<Answer>(
    what: readonly [operation: string, key?: string],
    signal: AbortSignal,
    send: (s3: S3) => Promise<Answer>,
  ): Promise<Answer>;
}

/** Opens a bucket. Connects to nothing before the first request. */
export function createS3Bucket(settings: S3Settings): S3Bucket {
  let opened: Promise<S3> | undefined;

  // Loading takes 33 MB and 120 ms, which a process that stores files saves.
  async function open(): Promise<S3> {
    const sdk = await import("@aws-sdk/client-s3");
    return { sdk, client: createS3Client(sdk.S3Client, settings) };
  }

  return {
    name: settings.bucket,
    async request(what, signal, send) {
      opened ??= open();
      const s3 = await opened;
      try {
        return await send(s3);
      } catch (error) {
        throw toBlobStoreError(signal.aborted ? signal.reason : error, ...what);
      }
    },
  };
}

/** Creates the client. Connects to nothing before the first request. */
function createS3Client(Client: typeof S3Client, settings: S3Settings): S3Client {
  const { region, endpoint, forcePathStyle, credentials } = settings;
  const agent = { keepAlive: true, maxSockets: CONNECTIONS_MAX };
  const options: S3ClientConfig = {
    region,
    forcePathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    retryMode: "standard",
    maxAttempts: ATTEMPTS_MAX,
    // Each put, and each part, names its sha256. Stores other than Amazon's may not know the SDK's
    // further checksums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    expectContinueHeader: false,
    followRegionRedirects: false,
    logger: SILENT,
    requestHandler: {
      connectionTimeout: CONNECT_MS_MAX,
      throwOnRequestTimeout: true,
      logger: SILENT,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
  return new Client(options);
}
