import { addresses } from "@triptych/chassis/configuration/address-settings";
import {
  type Configuration as ConfigurationOf,
  type Environment,
  readConfiguration,
} from "@triptych/chassis/configuration/read-configuration";
import { SERVICE_FIELDS } from "@triptych/chassis/configuration/service-settings";
import { findPeerViolations } from "@triptych/chassis/tls/peer-violations";

/** Every setting of the process. */
export const CONFIGURATION_FIELDS = {
  ...SERVICE_FIELDS,
  imagesAddress: addresses({
    variable: "IMAGES_ADDRESS",
    description: "where the images service answers gRPC",
  }),
} as const;

/** The values of the settings. */
export type Configuration = ConfigurationOf<typeof CONFIGURATION_FIELDS>;

/**
 * Reads the settings from the environment.
 *
 * @throws ConfigurationError that names every error at once.
 */
export function readConfig(environment: Environment): Configuration {
  return readConfiguration(environment, CONFIGURATION_FIELDS, (values) =>
    findPeerViolations(values, {
      GRPC_HOST: values.grpcHost,
      IMAGES_ADDRESS: values.imagesAddress,
    }),
  );
}
