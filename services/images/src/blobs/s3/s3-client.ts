import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";

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

/** Makes the client. It has no connection before it is asked. */
export function createS3Client(Client: typeof S3Client, settings: S3Settings): S3Client {
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
