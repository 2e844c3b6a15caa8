import type { IContainer } from "kubernetes-models/v1/Container";
import { environmentOf } from "./environment.ts";
import { ofKind, type Rendering } from "./manifest.ts";
import type { Pooler } from "./poolers.ts";

/**
 * The Secret that CloudNativePG creates for the owner of a cluster's database.
 * components/postgres-plain uses the same name.
 */
const OWNER_SECRET = /^([a-z]+-database)-app$/;
/** Suffix of a cluster's Services: the role of the instances that they lead to. */
const HOST = /@([a-z-]+?)(?:-(?:rw|ro|r))?:\d+\//;

/** The database that a container's url leads to. */
export interface DatabaseAddress {
  readonly database: string;
  /** The pooler in front of it. Undefined if the url leads to Postgres itself. */
  readonly pooler: string | undefined;
}

/**
 * The database that a variable of a container leads to; by default the variable of its service's
 * own database. Undefined if the container does not have the variable.
 */
export function databaseAddressOf(
  rendering: Rendering,
  container: IContainer,
  variable: "DATABASE_URL" | "DATABASE_REPLICA_URL" = "DATABASE_URL",
): DatabaseAddress | undefined {
  const url = environmentOf(rendering, container).get(variable);
  if (url === undefined || url.from === "map") return undefined;
  const name =
    url.from === "secret" ? OWNER_SECRET.exec(url.secret)?.[1] : HOST.exec(url.value)?.[1];
  if (name === undefined) return undefined;
  const pooler = ofKind<Pooler>(rendering, "Pooler").find(({ metadata }) => metadata.name === name);
  return pooler === undefined
    ? { database: name, pooler: undefined }
    : { database: pooler.spec.cluster.name, pooler: name };
}

/** The name of the database whose url a container has. Undefined if it has none. */
export function databaseOf(rendering: Rendering, container: IContainer): string | undefined {
  return databaseAddressOf(rendering, container)?.database;
}
