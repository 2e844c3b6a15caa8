import type { Environment } from "@triptych/chassis/configuration/read-configuration";
import type { DataFolder } from "#data-folder/data-folder.ts";
import type { StackSecrets } from "#data-folder/stack-secrets.ts";
import type { ServiceName } from "#parts/part-names.ts";
import { ownSettings } from "#settings/own-settings.ts";
import type { StackSettings } from "#settings/stack-settings.ts";
import { HOST } from "./find-free-ports.ts";

/** The ports of one stack, all on 127.0.0.1. */
export interface Ports {
  /** The gateway's own port. */
  readonly gateway: number;
  readonly postgres: number;
  readonly grpc: Readonly<Record<ServiceName, number>>;
  readonly metrics: Readonly<
    Record<ServiceName | "images-worker" | "gateway" | "monolith", number>
  >;
}

/** The values from which the processes' settings are made (the wiring of the processes). */
export interface ProcessSettingsInput {
  readonly settings: StackSettings;
  readonly folder: DataFolder;
  readonly secrets: StackSecrets;
  readonly ports: Ports;
  /** The supervisor's own environment. */
  readonly environment: Environment;
}

/** The number of ports that a stack needs besides the gateway's. */
export const PORT_COUNT = 10;

/** Assigns a free port to each listener. */
export function assignPorts(gateway: number, free: readonly number[]): Ports {
  const [postgres = 0, users = 0, images = 0, comments = 0, ...metrics] = free;
  const [usersMetrics = 0, imagesMetrics = 0, commentsMetrics = 0, ...others] = metrics;
  const [worker = 0, gatewayMetrics = 0, monolith = 0] = others;
  return {
    gateway,
    postgres,
    grpc: { users, images, comments },
    metrics: {
      users: usersMetrics,
      images: imagesMetrics,
      comments: commentsMetrics,
      "images-worker": worker,
      gateway: gatewayMetrics,
      monolith,
    },
  };
}

/** Returns the settings of a service, by the variables in its README. */
export function serviceSettings(
  service: ServiceName,
  input: ProcessSettingsInput,
): Record<string, string> {
  const { ports } = input;
  return {
    ...processSettings(service, input),
    ...CALLEES[service](ports.grpc),
    GRPC_HOST: HOST,
    GRPC_PORT: String(ports.grpc[service]),
    METRICS_HOST: HOST,
    METRICS_PORT: String(ports.metrics[service]),
    DATABASE_URL: databaseUrl(service, input),
    ...(service === "images" ? blobSettings(input) : {}),
    ...(service === "users" ? signingSettings(input) : {}),
  };
}

/** Returns the settings of the images worker. */
export function workerSettings(input: ProcessSettingsInput): Record<string, string> {
  return {
    ...processSettings("images-worker", input),
    ...blobSettings(input),
    METRICS_HOST: HOST,
    METRICS_PORT: String(input.ports.metrics["images-worker"]),
    DATABASE_URL: databaseUrl("images", input),
  };
}

/**
 * There is one gateway, without a load balancer in front: its graceful shutdown need not wait until
 * requests go elsewhere.
 */
const DRAIN_SETTINGS = { DRAIN_DELAY_MS: "0" } as const;

/** Returns the settings of the gateway. */
export function gatewaySettings(input: ProcessSettingsInput): Record<string, string> {
  const { grpc, gateway } = input.ports;
  return {
    ...DRAIN_SETTINGS,
    ...processSettings("gateway", input),
    USERS_ADDRESS: `${HOST}:${grpc.users}`,
    IMAGES_ADDRESS: `${HOST}:${grpc.images}`,
    COMMENTS_ADDRESS: `${HOST}:${grpc.comments}`,
    HOST,
    PORT: String(gateway),
    METRICS_HOST: HOST,
    METRICS_PORT: String(input.ports.metrics.gateway),
  };
}

/**
 * Passwords are hashed in libuv's threads, which also look up names and read files. Two hashes at
 * once would take half of the default four.
 */
export const HASHING_SETTINGS = { UV_THREADPOOL_SIZE: "8" } as const;

/** The addresses of the services that each service calls. */
const CALLEES: Readonly<
  Record<ServiceName, (grpc: Ports["grpc"]) => Readonly<Record<string, string>>>
> = {
  users: ({ images }) => ({ IMAGES_ADDRESS: `${HOST}:${images}` }),
  images: () => ({}),
  comments: ({ images }) => ({ IMAGES_ADDRESS: `${HOST}:${images}` }),
};

function processSettings(
  name: string,
  { environment, settings, secrets }: ProcessSettingsInput,
): Record<string, string> {
  return {
    LOG_LEVEL: settings.logLevel,
    ...ownSettings(environment, name),
    ACCESS_TOKEN_PUBLIC_KEYS: secrets.publicKeys,
  };
}

function blobSettings({ folder }: ProcessSettingsInput): Record<string, string> {
  return { BLOB_DIRECTORY: folder.blobs };
}

function signingSettings({ secrets }: ProcessSettingsInput): Record<string, string> {
  return { ACCESS_TOKEN_PRIVATE_KEY: secrets.signingKey, ...HASHING_SETTINGS };
}

function databaseUrl(service: ServiceName, { ports, secrets }: ProcessSettingsInput): string {
  const password = secrets.databasePasswords[service];
  return `postgres://${service}:${password}@${HOST}:${ports.postgres}/${service}`;
}
