import type { MigrationMode } from "#configuration/service-settings.ts";
import { retryWhileUnavailable } from "#database/retry-while-unavailable.ts";
import type { Logger } from "#telemetry/logger.ts";
import { checkMigrations } from "./check-migrations.ts";
import { migrate } from "./migrate.ts";

/** The database to prepare, and how. */
interface ServicePreparation {
  readonly url: string;
  readonly migrations: URL;
  /** `run` if not given. */
  readonly mode?: MigrationMode;
  readonly logger: Logger;
}

/**
 * Migrates a service's database, or waits until another process has. Retries while the database is
 * unavailable, until the signal fires. Throws the error of a migration.
 */
export async function prepareServiceDatabase(
  { url, migrations: directory, mode = "run", logger }: ServicePreparation,
  signal: AbortSignal,
): Promise<void> {
  const log = (message: string) => logger.info(message);
  const prepare = {
    run: async () => void (await migrate({ url, directory, log, signal })),
    await: () => checkMigrations({ url, directory }),
  } satisfies Record<MigrationMode, () => Promise<void>>;
  await retryWhileUnavailable(prepare[mode], { logger, signal });
}
