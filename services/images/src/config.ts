import assert from "node:assert";
import { path, port, url } from "@triptych/chassis/configuration/address-settings";
import type { SettingViolation } from "@triptych/chassis/configuration/configuration-error";
import {
  type Configuration as ConfigurationOf,
  type Environment,
  readConfiguration,
} from "@triptych/chassis/configuration/read-configuration";
import {
  DATABASE_FIELDS,
  MIGRATION_FIELDS,
  OPERATIONS_FIELDS,
  PROCESS_FIELDS,
  SERVICE_FIELDS,
} from "@triptych/chassis/configuration/service-settings";
import { optional } from "@triptych/chassis/configuration/setting";
import {
  boolean,
  integer,
  milliseconds,
  oneOf,
  text,
} from "@triptych/chassis/configuration/settings";
import { findPeerViolations } from "@triptych/chassis/tls/peer-violations";
import type { BlobSettings } from "#blobs/create-blob-store.ts";

/** The settings of the blob store, which service and worker share. */
const BLOB_FIELDS = {
  blobStore: oneOf(["file", "s3"], {
    variable: "BLOB_STORE",
    description: "where originals and variants are kept: in a folder, or in an S3 bucket",
    default: "file",
  }),
  blobDirectory: optional(
    path({
      variable: "BLOB_DIRECTORY",
      description: "with `file`: the folder, shared by the service and its workers",
    }),
  ),
  s3Bucket: optional(
    text({
      variable: "S3_BUCKET",
      description: "with `s3`: the bucket, which holds nothing else",
    }),
  ),
  s3Region: optional(
    text({ variable: "S3_REGION", description: "with `s3`: the region of the bucket" }),
  ),
  s3Endpoint: optional(
    url({
      variable: "S3_ENDPOINT",
      description: "the address of an S3 store that is not Amazon's; unset means Amazon's",
      protocols: ["https", "http"],
    }),
  ),
  s3ForcePathStyle: boolean({
    variable: "S3_FORCE_PATH_STYLE",
    description: "`true` names the bucket in the path instead of the host, as MinIO wants it",
    default: false,
  }),
  awsAccessKeyId: optional(
    text({
      variable: "AWS_ACCESS_KEY_ID",
      description:
        "the id of the access key to the bucket; if it and the next one are unset, the machine's or pod's own credentials are used",
      secret: true,
    }),
  ),
  awsSecretAccessKey: optional(
    text({
      variable: "AWS_SECRET_ACCESS_KEY",
      description: "the secret of that access key",
      secret: true,
    }),
  ),
} as const;

/** The settings of the service. */
export const CONFIGURATION_FIELDS = {
  ...SERVICE_FIELDS,
  ...BLOB_FIELDS,
  replicasMax: integer({
    variable: "REPLICAS_MAX",
    description: "how many replicas of the service may run; more than one need `s3`",
    default: 1,
    min: 1,
    max: 1_000,
  }),
  // Each upload holds a file and up to about 200 kB of chunks: all of them 50 MB. More at once
  // would only slow each other down.
  uploadsMax: integer({
    variable: "UPLOADS_MAX",
    description:
      "how many uploads may be under way at once; one account may have a quarter of them",
    default: 256,
    min: 1,
    max: 1_000,
  }),
} as const;

/** The settings of the worker. */
export const WORKER_CONFIGURATION_FIELDS = {
  ...PROCESS_FIELDS,
  databaseUrl: DATABASE_FIELDS.databaseUrl,
  ...MIGRATION_FIELDS,
  ...BLOB_FIELDS,
  metricsHost: OPERATIONS_FIELDS.metricsHost,
  metricsPort: optional(
    port({
      variable: "METRICS_PORT",
      description: "the port of /metrics, /healthz and /readyz; unset, they are not served",
      allowZero: true,
    }),
  ),
  workerConcurrency: integer({
    variable: "WORKER_CONCURRENCY",
    description:
      "how many images a worker processes at once, each with a core and up to 2.2 GB; one of at most 4 megapixels more, with up to 350 MB",
    default: 1,
    min: 1,
    max: 64,
  }),
  renderTimeoutMs: milliseconds({
    variable: "RENDER_TIMEOUT_MS",
    description:
      "how long rendering an image of 100 megapixels may take; a smaller one has less, down to a third. An image is given up after two attempts",
    default: 60_000,
    min: 100,
    max: 300_000,
  }),
} as const;

/** The values of the service's settings. */
export type Configuration = ConfigurationOf<typeof CONFIGURATION_FIELDS> & {
  /** The settings of the chosen blob store. */
  readonly blobs: BlobSettings;
};

/** The values of the worker's settings. */
export type WorkerConfiguration = ConfigurationOf<typeof WORKER_CONFIGURATION_FIELDS> & {
  /** The settings of the chosen blob store. */
  readonly blobs: BlobSettings;
};

/**
 * Reads the service's settings from the environment.
 *
 * @throws ConfigurationError that names every fault at once.
 */
export function readConfig(environment: Environment): Configuration {
  const values = readConfiguration(environment, CONFIGURATION_FIELDS, (found) => [
    ...findPeerViolations(found, { GRPC_HOST: found.grpcHost }),
    ...findBlobFaults(found),
    ...findReplicaFaults(found),
  ]);
  return { ...values, blobs: toBlobSettings(values) };
}

/**
 * Reads the worker's settings from the environment.
 *
 * @throws ConfigurationError that names every fault at once.
 */
export function readWorkerConfig(environment: Environment): WorkerConfiguration {
  const values = readConfiguration(environment, WORKER_CONFIGURATION_FIELDS, findBlobFaults);
  return { ...values, blobs: toBlobSettings(values) };
}

type BlobValues = ConfigurationOf<typeof BLOB_FIELDS>;

/** The settings that each store requires. */
const REQUIRED = {
  file: ["blobDirectory"],
  s3: ["s3Bucket", "s3Region"],
} as const satisfies Record<BlobValues["blobStore"], readonly (keyof BlobValues)[]>;

const KEY_PAIR = ["awsAccessKeyId", "awsSecretAccessKey"] as const;

function findBlobFaults(values: Partial<BlobValues>): SettingViolation[] {
  const { blobStore } = values;
  if (blobStore === undefined) return [];
  const missing = REQUIRED[blobStore].filter((name) => values[name] === undefined);
  const faults = missing.map((name) => ({
    variable: BLOB_FIELDS[name].variable,
    message: `is not set: BLOB_STORE=${blobStore} needs it (${BLOB_FIELDS[name].description})`,
  }));
  const unpaired = KEY_PAIR.filter((name) => values[name] === undefined);
  if (blobStore === "s3" && unpaired.length === 1) {
    const [name = "awsAccessKeyId"] = unpaired;
    const message = `is not set: ${KEY_PAIR.map((one) => BLOB_FIELDS[one].variable).join(" and ")} are set together, or neither`;
    faults.push({ variable: BLOB_FIELDS[name].variable, message });
  }
  return faults;
}

function findReplicaFaults({
  blobStore,
  replicasMax = 1,
}: Partial<ConfigurationOf<typeof CONFIGURATION_FIELDS>>): SettingViolation[] {
  if (blobStore !== "file" || replicasMax === 1) return [];
  const message = `must be 1 with BLOB_STORE=file, not ${replicasMax}: each replica would have files of its own, and not find the others'; set BLOB_STORE=s3`;
  return [{ variable: CONFIGURATION_FIELDS.replicasMax.variable, message }];
}

function toBlobSettings(values: BlobValues): BlobSettings {
  if (values.blobStore === "file") {
    const { blobDirectory: directory } = values;
    assert(directory !== undefined, "findBlobFaults has refused a file store without a folder");
    return { store: "file", directory };
  }
  const { s3Bucket: bucket, s3Region: region, s3Endpoint: endpoint } = values;
  assert(bucket !== undefined && region !== undefined, "findBlobFaults has refused s3 without");
  const { awsAccessKeyId: accessKeyId, awsSecretAccessKey: secretAccessKey } = values;
  const isKeyed = accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    store: "s3",
    bucket,
    region,
    endpoint,
    forcePathStyle: values.s3ForcePathStyle,
    credentials: isKeyed ? { accessKeyId, secretAccessKey } : undefined,
  };
}
