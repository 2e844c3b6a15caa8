import type { Environment } from "@triptych/chassis/configuration/read-configuration";
import { DATABASE_FIELDS } from "@triptych/chassis/configuration/service-settings";
import type { Field } from "@triptych/chassis/configuration/setting";
import { WORKER_CONFIGURATION_FIELDS } from "@triptych/images/config";
import { type PartName, SERVICES, type ServiceName } from "#parts/part-names.ts";
import { CONNECTIONS_MAX_DEFAULT, CONNECTIONS_RESERVED } from "#postgres/server-settings.ts";
import { ownSettings } from "#settings/own-settings.ts";

/**
 * A process opens one connection besides its pool: to probe whether the database takes writes. For
 * the request that cancels a query it opens another.
 */
const OUTSIDE_POOL = 2;
/** The worker's pool has one connection more than jobs, and its queue has one. */
const WORKER_EXTRA = 2;
/** Migrations, and after them the tables of the queue, on one connection of each process. */
const MIGRATOR = 1;
/** A process that was killed holds its connections until Postgres notices, beside its successor. */
const GENERATIONS = 2;

/**
 * Returns the most connections that a service's role may have at once: those of the pools of its
 * processes, by the settings that the processes will read.
 */
export function roleConnectionsMax(service: ServiceName, environment: Environment): number {
  const { databasePoolMax } = DATABASE_FIELDS;
  const { workerConcurrency } = WORKER_CONFIGURATION_FIELDS;
  const pool = settingOf(databasePoolMax, { environment, process: service });
  const own = pool + OUTSIDE_POOL + MIGRATOR;
  if (service !== "images") return own * GENERATIONS;
  const jobs = settingOf(workerConcurrency, { environment, process: "images-worker" });
  return (own + jobs + WORKER_EXTRA + OUTSIDE_POOL + MIGRATOR) * GENERATIONS;
}

/** Returns the most connections of the server: the budgets of all roles, and those reserved. */
export function serverConnectionsMax(environment: Environment): number {
  const budgets = SERVICES.map((name) => roleConnectionsMax(name, environment));
  const sum = budgets.reduce((total, budget) => total + budget, CONNECTIONS_RESERVED);
  return Math.max(sum, CONNECTIONS_MAX_DEFAULT);
}

interface Place {
  readonly environment: Environment;
  readonly process: PartName;
}

/** A value that is no number counts as the default: the process itself reports it. */
function settingOf(field: Field<number>, { environment, process }: Place): number {
  const text = ownSettings(environment, process)[field.variable] ?? "";
  const value = text === "" ? undefined : field.parse(text);
  return typeof value === "number" ? value : (field.fallback?.value ?? 0);
}
