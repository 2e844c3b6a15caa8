import { join } from "node:path";
import { COMPILE_CACHE } from "#compile-cache/compile-cache.ts";
import { logPath } from "#data-folder/log-file.ts";
import { type PartName, SERVICES } from "#parts/part-names.ts";
import type { ProcessPartOptions } from "#processes/process-part.ts";
import { passedOn, withPrefix } from "#settings/own-settings.ts";
import { REPOSITORY } from "#settings/repository-folder.ts";
import { HOST } from "./find-free-ports.ts";
import {
  gatewaySettings,
  HASHING_SETTINGS,
  serviceSettings,
  type Wiring,
  workerSettings,
} from "./process-settings.ts";

/** Whether the services and the gateway are a process each, or one together. */
export type Shape = "split" | "monolith";

/** Which processes a stack of that shape consists of, besides Postgres. */
export function planProcesses(shape: Shape, wiring: Wiring): readonly ProcessPartOptions[] {
  return shape === "split" ? splitPlan(wiring) : monolithPlan(wiring);
}

function splitPlan(wiring: Wiring): readonly ProcessPartOptions[] {
  const { grpc, metrics } = wiring.ports;
  return [
    ...SERVICES.map((name) =>
      planned(name, wiring, {
        script: `services/${name}/src/main.ts`,
        settings: serviceSettings(name, wiring),
        address: `${HOST}:${grpc[name]}`,
        readyPort: metrics[name],
      }),
    ),
    worker(wiring),
    planned("gateway", wiring, {
      script: "gateway/src/main.ts",
      settings: gatewaySettings(wiring),
      address: gatewayUrl(wiring),
      readyPort: wiring.ports.gateway,
    }),
  ];
}

function monolithPlan(wiring: Wiring): readonly ProcessPartOptions[] {
  const services = SERVICES.map((name) => withPrefix(serviceSettings(name, wiring), name));
  const readyPort = wiring.ports.metrics.monolith;
  const own = { METRICS_HOST: HOST, METRICS_PORT: String(readyPort) };
  const settings = Object.assign(
    { ...HASHING_SETTINGS },
    ...services,
    withPrefix(gatewaySettings(wiring), "gateway"),
    withPrefix(own, "monolith"),
  );
  return [
    planned("monolith", wiring, {
      script: "stack/src/monolith/main.ts",
      settings,
      address: gatewayUrl(wiring),
      readyPort,
    }),
    worker(wiring),
  ];
}

function worker(wiring: Wiring): ProcessPartOptions {
  return planned("images-worker", wiring, {
    script: "services/images/src/worker-main.ts",
    settings: workerSettings(wiring),
    readyPort: wiring.ports.metrics["images-worker"],
  });
}

/** Where clients reach the stack. */
export function gatewayUrl({ ports }: Wiring): string {
  return `http://${HOST}:${ports.gateway}`;
}

interface Planned {
  readonly script: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly address?: string;
  readonly readyPort: number;
}

function planned(name: PartName, wiring: Wiring, plan: Planned): ProcessPartOptions {
  return {
    name,
    script: join(REPOSITORY, plan.script),
    environment: {
      ...passedOn(wiring.environment),
      ...plan.settings,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      // One heap for a process's few native threads, where the C library is glibc. Measured at
      // rest: 14 MB less in all.
      MALLOC_ARENA_MAX: "1",
    },
    address: plan.address,
    readyUrl: `http://${HOST}:${plan.readyPort}/readyz`,
    log: logPath(wiring.folder.logs, name),
  };
}
