import { join } from "node:path";
import { COMPILE_CACHE } from "#compile-cache/compile-cache.ts";
import { logPath } from "#data-folder/log-file.ts";
import { type PartName, SERVICES } from "#parts/part-names.ts";
import type { Topology } from "#parts/topology.ts";
import type { ProcessPartOptions } from "#processes/process-part.ts";
import { passedOn, withPrefix } from "#settings/own-settings.ts";
import { REPOSITORY_FOLDER } from "#settings/repository-folder.ts";
import { HOST } from "./find-free-ports.ts";
import {
  gatewaySettings,
  HASHING_SETTINGS,
  type ProcessSettingsInput,
  serviceSettings,
  workerSettings,
} from "./process-settings.ts";

/** Plans the processes of a stack of that topology, besides Postgres. */
export function planProcesses(
  topology: Topology,
  input: ProcessSettingsInput,
): readonly ProcessPartOptions[] {
  return topology === "split" ? splitPlan(input) : monolithPlan(input);
}

function splitPlan(input: ProcessSettingsInput): readonly ProcessPartOptions[] {
  const { grpc, metrics } = input.ports;
  return [
    ...SERVICES.map((name) =>
      planned(name, input, {
        script: `services/${name}/src/main.ts`,
        settings: serviceSettings(name, input),
        address: `${HOST}:${grpc[name]}`,
        readyPort: metrics[name],
      }),
    ),
    worker(input),
    planned("gateway", input, {
      script: "gateway/src/main.ts",
      settings: gatewaySettings(input),
      address: gatewayUrl(input),
      readyPort: input.ports.gateway,
    }),
  ];
}

function monolithPlan(input: ProcessSettingsInput): readonly ProcessPartOptions[] {
  const services = SERVICES.map((name) => withPrefix(serviceSettings(name, input), name));
  const readyPort = input.ports.metrics.monolith;
  const own = { METRICS_HOST: HOST, METRICS_PORT: String(readyPort) };
  const settings = Object.assign(
    { ...HASHING_SETTINGS },
    ...services,
    withPrefix(gatewaySettings(input), "gateway"),
    withPrefix(own, "monolith"),
  );
  return [
    planned("monolith", input, {
      script: "stack/src/monolith/main.ts",
      settings,
      address: gatewayUrl(input),
      readyPort,
    }),
    worker(input),
  ];
}

function worker(input: ProcessSettingsInput): ProcessPartOptions {
  return planned("images-worker", input, {
    script: "services/images/src/worker-main.ts",
    settings: workerSettings(input),
    readyPort: input.ports.metrics["images-worker"],
  });
}

/** Returns the URL for clients of the stack. */
export function gatewayUrl({ ports }: ProcessSettingsInput): string {
  return `http://${HOST}:${ports.gateway}`;
}

/** Returns the URL of the gateway's metrics, for operators of the stack. */
export function gatewayMetricsUrl(topology: Topology, { ports }: ProcessSettingsInput): string {
  const port = topology === "split" ? ports.metrics.gateway : ports.metrics.monolith;
  return `http://${HOST}:${port}/metrics`;
}

interface Planned {
  readonly script: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly address?: string;
  readonly readyPort: number;
}

function planned(name: PartName, input: ProcessSettingsInput, plan: Planned): ProcessPartOptions {
  return {
    name,
    script: join(REPOSITORY_FOLDER, plan.script),
    environment: {
      ...passedOn(input.environment),
      ...plan.settings,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      // One heap for the few native threads of a process, where the C library is glibc. Measured at
      // rest: 14 MB less in all.
      MALLOC_ARENA_MAX: "1",
    },
    address: plan.address,
    readyUrl: `http://${HOST}:${plan.readyPort}/readyz`,
    log: logPath(input.folder.logs, name),
  };
}
