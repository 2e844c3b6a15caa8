import type { IContainer } from "kubernetes-models/v1/Container";
import { environmentOf } from "./environment.ts";
import { ofKind, type Rendering } from "./manifest.ts";
import type { Pooler } from "./poolers.ts";

/**
 * The Secret that CloudNativePG makes for the owner of a cluster's database;
 * components/postgres-plain does as it does.
 */
const OWNER_SECRET = /^([a-z]+-database)-app$/;
/** The Services of a cluster are its name, and which of its instances they lead to. */
const HOST = /@([a-z-]+?)(?:-(?:rw|ro|r))?:\d+\//;

/** Where a container's url leads. */
export interface DatabaseAddress {
  readonly database: string;
  /** The pooler before it, or undefined if the url leads to Postgres itself. */
  readonly pooler: string | undefined;
}

/**
 * Where a variable of a container leads, by default its service's own database; undefined if it is
 * not given the variable.
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

/** The name of the database whose url a container is given, or undefined if it is given none. */
export function databaseOf(rendering: Rendering, container: IContainer): string | undefined {
  return databaseAddressOf(rendering, container)?.database;
}
