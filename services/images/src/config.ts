import { path, port } from "@triptych/chassis/configuration/address-fields";
import { optional } from "@triptych/chassis/configuration/field";
import { integer, milliseconds } from "@triptych/chassis/configuration/fields";
import {
  type Configuration as ConfigurationOf,
  type Environment,
  readConfiguration,
} from "@triptych/chassis/configuration/read-configuration";
import {
  DATABASE_FIELDS,
  OPERATIONS_FIELDS,
  PROCESS_FIELDS,
  SERVICE_FIELDS,
} from "@triptych/chassis/configuration/service-fields";

/** What the service and its worker share. */
const BLOB_FIELDS = {
  blobDirectory: path({
    variable: "BLOB_DIRECTORY",
    description: "the folder of originals and variants, shared by the service and its workers",
  }),
} as const;

/** Every setting of the service. */
export const CONFIGURATION_FIELDS = {
  ...SERVICE_FIELDS,
  ...BLOB_FIELDS,
  uploadsMax: integer({
    variable: "UPLOADS_MAX",
    description: "how many uploads may be under way at once",
    default: 256,
    min: 1,
    max: 1_000,
  }),
} as const;

/** Every setting of the worker. */
export const WORKER_CONFIGURATION_FIELDS = {
  ...PROCESS_FIELDS,
  ...DATABASE_FIELDS,
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
    description: "how many images a worker processes at once; each takes a core and up to 400 MB",
    default: 1,
    min: 1,
    max: 64,
  }),
  renderTimeoutMs: milliseconds({
    variable: "RENDER_TIMEOUT_MS",
    description: "how long making one image's variants may take; after three times it is given up",
    default: 30_000,
    min: 100,
    max: 600_000,
  }),
} as const;

/** The values of the service's settings. */
export type Configuration = ConfigurationOf<typeof CONFIGURATION_FIELDS>;

/** The values of the worker's settings. */
export type WorkerConfiguration = ConfigurationOf<typeof WORKER_CONFIGURATION_FIELDS>;

/**
 * Reads the service's settings from the environment.
 *
 * @throws ConfigurationError that names every fault at once.
 */
export function readConfig(environment: Environment): Configuration {
  return readConfiguration(environment, CONFIGURATION_FIELDS);
}

/**
 * Reads the worker's settings from the environment.
 *
 * @throws ConfigurationError that names every fault at once.
 */
export function readWorkerConfig(environment: Environment): WorkerConfiguration {
  return readConfiguration(environment, WORKER_CONFIGURATION_FIELDS);
}
