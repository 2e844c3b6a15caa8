import type { MigrationMode } from "#configuration/service-settings.ts";
import { retryWhileUnavailable } from "#database/retry-while-unavailable.ts";
import type { Logger } from "#telemetry/logger.ts";
import { checkMigrations } from "./check-migrations.ts";
import { migrate } from "./migrate.ts";

/** Which database is to be up to date, and who brings it there. */
interface ServicePreparation {
  readonly url: string;
  readonly migrations: URL;
  /** `run` if not given. */
  readonly mode?: MigrationMode;
  readonly logger: Logger;
}

/**
 * Brings a service's database up to date, or waits until somebody else has. While the database
 * cannot be asked it tries again, and it gives up when the signal fires. Throws what is wrong with
 * a migration.
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
