import type { IContainer } from "kubernetes-models/v1/Container";
import { environmentOf } from "./environment.ts";
import type { Rendering } from "./manifest.ts";

/** The Secret that CloudNativePG makes for the owner of a cluster's database; components/postgres-plain does as it does. */
const OWNER_SECRET = /^([a-z]+-database)-app$/;

/** The name of the database whose url a container is given, or undefined if it is given none. */
export function databaseOf(rendering: Rendering, container: IContainer): string | undefined {
  const url = environmentOf(rendering, container).get("DATABASE_URL");
  return url?.from === "secret" ? OWNER_SECRET.exec(url.secret)?.[1] : undefined;
}
