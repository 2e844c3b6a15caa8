import { readMigrateConfiguration } from "#configuration/migrate-configuration.ts";
import { retryWhileUnavailable } from "#database/retry-while-unavailable.ts";
import { runTask } from "#lifecycle/run-task.ts";
import { createLogger } from "#telemetry/logger.ts";
import { migrate } from "./migrate.ts";

/** The database to migrate. */
interface RunMigrationsOptions {
  /** The service's name: `users`. */
  readonly service: string;
  /** The folder of `0001_name.sql` files. */
  readonly migrations: URL;
  /**
   * Installs other parts of the database after the migrations, such as the tables of a queue.
   */
  readonly install?: (url: string) => Promise<void>;
}

/**
 * The longest wait for a database that is unavailable, or that another process migrates. As long as
 * a rollout may take: `progressDeadlineSeconds` in k8s/base.
 */
const WAIT_MS_MAX = 15 * 60_000;

/**
 * Runs the process of `migrate-main.ts`, which migrates a service's database and ends: with 0 when
 * it is migrated, with 78 for bad settings, else with 1 and a sentence. Several may run at once:
 * one works, the others wait.
 */
export function runMigrations({ service, migrations, install }: RunMigrationsOptions): void {
  const name = `${service}-migrate`;
  runTask({
    name,
    async run(signal) {
      const { databaseUrl: url, logLevel: level } = readMigrateConfiguration(process.env);
      const logger = createLogger({ service: name, level });
      const log = (message: string) => logger.info(message);
      const bringUpToDate = async () => {
        await migrate({ url, directory: migrations, log, signal });
        await install?.(url);
      };
      await retryWhileUnavailable(bringUpToDate, { logger, signal, forMs: WAIT_MS_MAX });
      if (!signal.aborted) logger.info("the database is up to date");
    },
  });
}
