import { type Configuration, type Environment, readConfiguration } from "./read-configuration.ts";
import { DATABASE_FIELDS, PROCESS_FIELDS } from "./service-settings.ts";

/** The settings of a process that migrates a database: the same for every service. */
export const MIGRATE_CONFIGURATION_FIELDS = {
  logLevel: PROCESS_FIELDS.logLevel,
  databaseUrl: DATABASE_FIELDS.databaseUrl,
} as const;

/**
 * Reads the settings from the environment.
 *
 * @throws ConfigurationError that names every violation at once.
 */
export function readMigrateConfiguration(
  environment: Environment,
): Configuration<typeof MIGRATE_CONFIGURATION_FIELDS> {
  return readConfiguration(environment, MIGRATE_CONFIGURATION_FIELDS);
}
