import { join, resolve } from "node:path";
import { HOST } from "#chaos/network/loopback-ports.ts";
import { SERVICES, type Service } from "./chaos-targets.ts";
import type { ProcessDefinition } from "./system-process.ts";
import type { SystemSecrets } from "./system-secrets.ts";

/** The ports of a process: its own, its operations port, and the link in front of it. */
export interface Ports {
  readonly own: number;
  readonly operations: number;
  readonly link: number;
}

/** The values from which the processes' settings are made. */
export interface SystemPlan {
  readonly folder: string;
  readonly secrets: SystemSecrets;
  /** The replicas of each service, and whether the failure policy is on. */
  readonly replicas: number;
  readonly failurePolicy: "on" | "off";
  /** The ports of each process, by its name. The worker's link is the one to its database. */
  readonly ports: ReadonlyMap<string, Ports>;
}

/** The gateways stand behind a load balancer, so there are always two. */
export const GATEWAYS = ["gateway-1", "gateway-2"] as const;
export const WORKER = "images-worker";

/** Returns the names of a service's replicas. The first has the number 1. */
export function replicasOf(service: Service, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${service}-${index + 1}`);
}

/** Returns the names of all processes: databases, services, worker, gateways. */
export function processNames(replicas: number): readonly string[] {
  return [
    ...SERVICES.map((service) => `${service}-db`),
    ...SERVICES.flatMap((service) => replicasOf(service, replicas)),
    WORKER,
    ...GATEWAYS,
  ];
}

/** Returns the definitions of all processes. */
export function planSystem(plan: SystemPlan): readonly ProcessDefinition[] {
  return [
    ...SERVICES.map((service) => database(service, plan)),
    ...SERVICES.flatMap((service) =>
      replicasOf(service, plan.replicas).map((name) => serviceProcess(name, service, plan)),
    ),
    worker(plan),
    ...GATEWAYS.map((name) => gateway(name, plan)),
  ];
}

function database(service: Service, plan: SystemPlan): ProcessDefinition {
  const name = `${service}-db`;
  return define(plan, name, {
    script: "stack/src/postgres/main.ts",
    settings: {
      POSTGRES_FOLDER: join(plan.folder, name),
      POSTGRES_PORT: String(portsOf(plan, name).own),
      METRICS_PORT: String(portsOf(plan, name).operations),
      DATABASE_NAME: service,
      DATABASE_PASSWORD: plan.secrets.databasePassword,
    },
  });
}

function serviceProcess(name: string, service: Service, plan: SystemPlan): ProcessDefinition {
  const { own, operations } = portsOf(plan, name);
  return define(plan, name, {
    script: `services/${service}/src/main.ts`,
    settings: {
      ...addresses(plan),
      GRPC_PORT: String(own),
      METRICS_PORT: String(operations),
      DATABASE_URL: databaseUrl(service, plan, portsOf(plan, `${service}-db`).link),
      FAILURE_POLICY: plan.failurePolicy,
      ACCESS_TOKEN_PUBLIC_KEYS: plan.secrets.publicKeys,
      ...(service === "images" && blobs(plan)),
      ...(service === "users" && {
        ACCESS_TOKEN_PRIVATE_KEY: plan.secrets.signingKey,
        UV_THREADPOOL_SIZE: "8", // hashing alone could take four
      }),
    },
  });
}

function worker(plan: SystemPlan): ProcessDefinition {
  const { operations, link } = portsOf(plan, WORKER);
  return define(plan, WORKER, {
    script: "services/images/src/worker-main.ts",
    settings: {
      ...blobs(plan),
      METRICS_PORT: String(operations),
      DATABASE_URL: databaseUrl("images", plan, link),
    },
  });
}

/** All requests come from one address here, which must not look like an attack. */
const NO_RATE_LIMIT = "1000000";

function gateway(name: string, plan: SystemPlan): ProcessDefinition {
  const { own, operations } = portsOf(plan, name);
  return define(
    plan,
    name,
    {
      script: "gateway/src/main.ts",
      settings: {
        ...addresses(plan),
        PORT: String(own),
        METRICS_PORT: String(operations),
        FAILURE_POLICY: plan.failurePolicy,
        ACCESS_TOKEN_PUBLIC_KEYS: plan.secrets.publicKeys,
        RATE_LIMIT_USER_PER_MINUTE: NO_RATE_LIMIT,
        RATE_LIMIT_ADDRESS_PER_MINUTE: NO_RATE_LIMIT,
        RATE_LIMIT_SIGN_IN_PER_MINUTE: NO_RATE_LIMIT,
        RATE_LIMIT_SIGN_IN_ADDRESS_PER_MINUTE: NO_RATE_LIMIT,
        RATE_LIMIT_SIGN_UP_ADDRESS_PER_MINUTE: NO_RATE_LIMIT,
      },
    },
    own,
  );
}

interface PlannedProcess {
  readonly script: string;
  readonly settings: Readonly<Record<string, string>>;
}

function define(
  plan: SystemPlan,
  name: string,
  { script, settings }: PlannedProcess,
  readyPort = portsOf(plan, name).operations,
): ProcessDefinition {
  return {
    name,
    script: resolve(script),
    environment: {
      PATH: process.env.PATH ?? "",
      LOG_LEVEL: "warn",
      NODE_COMPILE_CACHE: resolve("node_modules/.cache/node-compile-cache"),
      ...settings,
    },
    readyUrl: `http://${HOST}:${readyPort}/readyz`,
    log: join(plan.folder, `${name}.log`),
  };
}

/**
 * Returns the addresses of the services, in the settings that name them. A process ignores the
 * settings of services that it does not call.
 */
function addresses(plan: SystemPlan): Record<string, string> {
  return Object.fromEntries(
    SERVICES.map((service) => {
      const links = replicasOf(service, plan.replicas).map((name) => portsOf(plan, name).link);
      const value = links.map((port) => `${HOST}:${port}`).join(",");
      return [`${service.toUpperCase()}_ADDRESS`, value];
    }),
  );
}

function databaseUrl(service: Service, { secrets }: SystemPlan, port: number): string {
  return `postgres://${service}:${secrets.databasePassword}@${HOST}:${port}/${service}`;
}

function blobs({ folder }: SystemPlan): Record<string, string> {
  return { BLOB_DIRECTORY: join(folder, "blobs") };
}

function portsOf({ ports }: SystemPlan, name: string): Ports {
  const found = ports.get(name);
  if (found === undefined) throw new Error(`${name} has no ports`);
  return found;
}
