import { readMigrateConfiguration } from "#configuration/migrate-configuration.ts";
import { retryWhileUnavailable } from "#database/retry-while-unavailable.ts";
import { runTask } from "#lifecycle/run-task.ts";
import { createLogger } from "#telemetry/logger.ts";
import { migrate } from "./migrate.ts";

/** Which service's database a process brings up to date. */
interface RunMigrationsOptions {
  /** The service's name: `users`. */
  readonly service: string;
  /** The folder of `0001_name.sql` files. */
  readonly migrations: URL;
  /**
   * Makes what else the service keeps in its database, a queue's tables say, once the migrations
   * have run.
   */
  readonly install?: (url: string) => Promise<void>;
}

/**
 * For so long a database that cannot be asked, or that another brings up to date, is waited for. As
 * long as a rollout may take: `progressDeadlineSeconds` in k8s/base.
 */
const WAIT_MS_MAX = 15 * 60_000;

/**
 * Runs the process that brings a service's database up to date and ends: 0 when it is, 78 for
 * settings, else 1 with a sentence. What `migrate-main.ts` calls. Several may run at once: one
 * works, the others wait.
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
