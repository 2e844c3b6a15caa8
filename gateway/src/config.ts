import { addresses, port } from "@triptych/chassis/configuration/address-settings";
import {
  type Configuration as ConfigurationOf,
  type Environment,
  readConfiguration,
} from "@triptych/chassis/configuration/read-configuration";
import {
  DRAIN_FIELDS,
  IDENTITY_FIELDS,
  OPERATIONS_FIELDS,
  PEER_FIELDS,
  PROCESS_FIELDS,
} from "@triptych/chassis/configuration/service-settings";
import { boolean, integer, list, text } from "@triptych/chassis/configuration/settings";
import { findPeerViolations } from "@triptych/chassis/tls/peer-violations";

const REQUESTS_MAX = 1_000_000_000;
const PLACES_MAX = 1_000_000;

function perMinute(variable: string, description: string, value: number) {
  return integer({ variable, description, default: value, min: 1, max: REQUESTS_MAX });
}

function places(variable: string, description: string, value: number) {
  return integer({ variable, description, default: value, min: 1, max: PLACES_MAX });
}

/** The settings of the gateway, as environment variables. */
export const CONFIGURATION_FIELDS = {
  host: text({ variable: "HOST", description: "the address it listens on", default: "127.0.0.1" }),
  port: port({
    variable: "PORT",
    description: "the port it listens on; 0 takes a free one",
    default: 8080,
    allowZero: true,
  }),
  usersAddress: addresses({ variable: "USERS_ADDRESS", description: "the users service" }),
  imagesAddress: addresses({ variable: "IMAGES_ADDRESS", description: "the images service" }),
  commentsAddress: addresses({
    variable: "COMMENTS_ADDRESS",
    description: "the comments service",
  }),
  metricsHost: OPERATIONS_FIELDS.metricsHost,
  metricsPort: port({
    variable: "METRICS_PORT",
    description: "the port of /metrics, /healthz and /readyz; 0 takes a free one",
    default: 0,
    allowZero: true,
  }),
  ...PEER_FIELDS,
  ...DRAIN_FIELDS,
  corsOrigins: list({
    variable: "CORS_ORIGINS",
    description: "origins whose pages may use the API; `*` for all, none if empty",
    default: [],
  }),
  trustProxy: boolean({
    variable: "TRUST_PROXY",
    description: "whether a client's address is taken from `X-Forwarded-For`",
    default: false,
  }),
  connectionsMax: places(
    "CONNECTIONS_MAX",
    "connections that clients may have open at once; one address may have a quarter of them, a trusted proxy all",
    4_096,
  ),
  uploadsMax: places(
    "UPLOADS_MAX",
    "uploads under way at once; one account may have a quarter of them, one address half",
    256,
  ),
  downloadsMax: places(
    "DOWNLOADS_MAX",
    "downloads under way at once; one user, or one address if anonymous, may have 8 previews and 8 larger ones",
    256,
  ),
  rateLimitUserPerMinute: perMinute(
    "RATE_LIMIT_USER_PER_MINUTE",
    "requests of one signed-in user",
    6_000,
  ),
  rateLimitAddressPerMinute: perMinute(
    "RATE_LIMIT_ADDRESS_PER_MINUTE",
    "anonymous requests from one address",
    60_000,
  ),
  rateLimitSignInPerMinute: perMinute(
    "RATE_LIMIT_SIGN_IN_PER_MINUTE",
    "sign-ins of one login from one address",
    10,
  ),
  rateLimitSignInAddressPerMinute: perMinute(
    "RATE_LIMIT_SIGN_IN_ADDRESS_PER_MINUTE",
    "sign-ins from one address",
    600,
  ),
  rateLimitSignUpAddressPerMinute: perMinute(
    "RATE_LIMIT_SIGN_UP_ADDRESS_PER_MINUTE",
    "new accounts from one address",
    600,
  ),
  ...PROCESS_FIELDS,
  ...IDENTITY_FIELDS,
} as const;

/** The values of the settings. */
export type Configuration = ConfigurationOf<typeof CONFIGURATION_FIELDS>;

/** Reads the settings. Throws a `ConfigurationError` that names every bad one. */
export function readConfig(environment: Environment): Configuration {
  return readConfiguration(environment, CONFIGURATION_FIELDS, (values) =>
    findPeerViolations(values, {
      USERS_ADDRESS: values.usersAddress,
      IMAGES_ADDRESS: values.imagesAddress,
      COMMENTS_ADDRESS: values.commentsAddress,
    }),
  );
}
