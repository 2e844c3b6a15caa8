import { path, port } from "@triptych/chassis/configuration/address-settings";
import {
  type Configuration,
  type Environment,
  readConfiguration,
} from "@triptych/chassis/configuration/read-configuration";
import { text } from "@triptych/chassis/configuration/settings";

/** The settings of a process that runs one embedded server. */
const FIELDS = {
  folder: path({
    variable: "POSTGRES_FOLDER",
    description: "the folder of its data, its log and the superuser's password",
  }),
  port: port({ variable: "POSTGRES_PORT", description: "where it listens on 127.0.0.1" }),
  readyPort: port({
    variable: "METRICS_PORT",
    description: "the port of /healthz and /readyz, on 127.0.0.1",
  }),
  databaseName: text({
    variable: "DATABASE_NAME",
    description: "the service's database, and its role: a lower-case word",
  }),
  databasePassword: text({ variable: "DATABASE_PASSWORD", description: "the role's password" }),
};

/** The values of those settings. */
type PostgresConfiguration = Configuration<typeof FIELDS>;

/** Reads the settings. Throws ConfigurationError that names every invalid one. */
export function readPostgresConfiguration(environment: Environment): PostgresConfiguration {
  return readConfiguration(environment, FIELDS);
}
