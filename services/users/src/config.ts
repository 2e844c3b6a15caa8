import { addresses } from "@triptych/chassis/configuration/address-settings";
import {
  type Configuration as ConfigurationOf,
  type Environment,
  readConfiguration,
} from "@triptych/chassis/configuration/read-configuration";
import { SERVICE_FIELDS } from "@triptych/chassis/configuration/service-settings";
import { defineField, Invalid } from "@triptych/chassis/configuration/setting";
import { json, splitList } from "@triptych/chassis/configuration/settings";
import { parsePrivateJwk } from "@triptych/chassis/identity/keys";
import { isId } from "@triptych/chassis/ids/new-id";
import { findPeerViolations } from "@triptych/chassis/tls/peer-violations";

/** Every setting of the process. */
export const CONFIGURATION_FIELDS = {
  ...SERVICE_FIELDS,
  accessTokenPrivateKey: json({
    variable: "ACCESS_TOKEN_PRIVATE_KEY",
    description: "the key that signs access tokens, a JSON Web Key with a kid",
    expected: "an Ed25519 private key as a JSON Web Key",
    parse: parsePrivateJwk,
    secret: true,
  }),
  operatorUserIds: defineField<readonly string[]>(
    {
      variable: "OPERATOR_USER_IDS",
      description: "users whose access tokens say that they run the system",
      default: [],
    },
    {
      expected: "ids of users, separated by commas",
      parse: (value) => {
        const ids = splitList(value.toLowerCase());
        return ids.every(isId) ? ids : new Invalid();
      },
      show: (value) => value.join(","),
    },
  ),
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
 * @throws ConfigurationError that names every violation at once.
 */
export function readConfig(environment: Environment): Configuration {
  return readConfiguration(environment, CONFIGURATION_FIELDS, (values) =>
    findPeerViolations(values, {
      GRPC_HOST: values.grpcHost,
      IMAGES_ADDRESS: values.imagesAddress,
    }),
  );
}
