import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { toBlobStoreError } from "./s3-error.ts";

/** Where a bucket is, and who asks. */
export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** Undefined means Amazon's, in the region. */
  readonly endpoint: string | undefined;
  readonly forcePathStyle: boolean;
  /** Undefined takes those of the machine or pod, by the SDK's own chain. */
  readonly credentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: string }
    | undefined;
}

/**
 * How often a request is made at most, with some 100 to 500 ms between, and longer if the store
 * asks to slow down.
 */
const ATTEMPTS_MAX = 3;
/**
 * Two for each of 256 uploads, since a file is sent two parts at once, and as many as there are
 * uploads for downloads. More wait, and are told so after `CONNECT_MS_MAX`.
 */
const CONNECTIONS_MAX = 768;
const CONNECT_MS_MAX = 1_000;

/** The SDK writes to the console what this process reports itself, unless it has a log. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * The limit of a request that is sent while a row is locked: for so long a store that hangs occupies
 * a connection of the database.
 */
const SHORT_REQUEST_MS_MAX = 2_000;
const SHORT_ATTEMPT_MS_MAX = 900;

/** The time limits of a request that is sent while a row is locked. They begin now. */
export function shortRequestLimits() {
  return {
    abortSignal: AbortSignal.timeout(SHORT_REQUEST_MS_MAX),
    requestTimeout: SHORT_ATTEMPT_MS_MAX,
  };
}

/** The SDK, and a client of it. */
export interface S3 {
  readonly sdk: typeof import("@aws-sdk/client-s3");
  readonly client: S3Client;
}

/** A bucket, and the way to it. */
export interface S3Bucket {
  readonly name: string;
  /**
   * Sends a request. What goes wrong with it is thrown as an error of the port, and once the signal
   * has fired it is the signal's reason.
   */
  request<Answer>(
    what: readonly [operation: string, key?: string],
    signal: AbortSignal,
    send: (s3: S3) => Promise<Answer>,
  ): Promise<Answer>;
}

/** Makes the way to a bucket. Connects to nothing before it is asked. */
export function createS3Bucket(settings: S3Settings): S3Bucket {
  let opened: Promise<S3> | undefined;

  // Loading takes 33 MB and 120 ms: who keeps files goes without.
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

/** Makes the client. It has no connection before it is asked. */
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
    // Each put, and each part, names its sha256. What else the SDK would add, stores other than
    // Amazon's may not know.
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
