import { parseJwks } from "#identity/keys.ts";
import { LOG_LEVELS } from "#telemetry/logger.ts";
import { path, port, url } from "./address-settings.ts";
import { optional } from "./setting.ts";
import { boolean, integer, json, milliseconds, oneOf, text } from "./settings.ts";

/** How long a process may take to end, unless its configuration says otherwise. */
export const DRAIN_TIMEOUT_MS_DEFAULT = 10_000;

/** The settings of every process. */
export const PROCESS_FIELDS = {
  logLevel: oneOf(LOG_LEVELS, {
    variable: "LOG_LEVEL",
    description: "how much is logged",
    default: "info",
  }),
  drainTimeoutMs: milliseconds({
    variable: "DRAIN_TIMEOUT_MS",
    description: "how long calls in flight may take to end after SIGTERM",
    default: DRAIN_TIMEOUT_MS_DEFAULT,
    min: 0,
    max: 600_000,
  }),
  failurePolicy: oneOf(["on", "off"], {
    variable: "FAILURE_POLICY",
    description:
      "`off` shows what the failure policy is worth: nothing is cached, refused or retried",
    default: "on",
  }),
} as const;

/** Graceful shutdown of a process that others call. */
export const DRAIN_FIELDS = {
  drainDelayMs: milliseconds({
    variable: "DRAIN_DELAY_MS",
    description:
      "for how long after SIGTERM work is still accepted, while `/readyz` tells load balancers to send none; a part of `DRAIN_TIMEOUT_MS`",
    default: 3_000,
    min: 0,
    max: 600_000,
  }),
} as const;

/** The operations server of a process. */
export const OPERATIONS_FIELDS = {
  metricsHost: text({
    variable: "METRICS_HOST",
    description: "the address that /metrics, /healthz and /readyz listen on",
    default: "127.0.0.1",
  }),
  metricsPort: port({
    variable: "METRICS_PORT",
    description: "the port of /metrics, /healthz and /readyz; 0 takes a free one",
    allowZero: true,
  }),
} as const;

/** A process's own database. */
export const DATABASE_FIELDS = {
  databaseUrl: url({
    variable: "DATABASE_URL",
    description: "the service's own Postgres database",
    protocols: ["postgres", "postgresql"],
    secret: true,
  }),
  databasePoolMax: integer({
    variable: "DATABASE_POOL_MAX",
    description: "the size of the connection pool",
    default: 10,
    min: 1,
    max: 1_000,
  }),
} as const;

/**
 * Who migrates a service's database: the process itself as it starts, or another one that it waits
 * for.
 */
const MIGRATION_MODES = ["run", "await"] as const;

/** One of {@link MIGRATION_MODES}. */
export type MigrationMode = (typeof MIGRATION_MODES)[number];

/** How a process gets a migrated database. */
export const MIGRATION_FIELDS = {
  migrations: oneOf(MIGRATION_MODES, {
    variable: "MIGRATIONS",
    description:
      "`run` brings the database up to date before the process is ready; `await` waits until `migrate-main.ts` has",
    default: "run",
  }),
} as const;

/** The read replica, which answers reads while the primary is unreachable. */
const REPLICA_FIELDS = {
  databaseReplicaUrl: optional(
    url({
      variable: "DATABASE_REPLICA_URL",
      description: "a read replica of it, read while it is unreachable; unset, reads fail then",
      protocols: ["postgres", "postgresql"],
      secret: true,
    }),
  ),
} as const;

/** The verification of access tokens. */
export const IDENTITY_FIELDS = {
  accessTokenPublicKeys: json({
    variable: "ACCESS_TOKEN_PUBLIC_KEYS",
    description: "the public keys of access tokens, a JSON Web Key Set",
    expected: "a JSON Web Key Set of Ed25519 keys",
    parse: parseJwks,
  }),
} as const;

/** Mutual TLS between a process and its gRPC peers. */
export const PEER_FIELDS = {
  tlsCertificateFile: optional(
    path({
      variable: "TLS_CERTIFICATE_FILE",
      description:
        "its certificate for mutual TLS, in PEM; read again when it changes, like the next two",
    }),
  ),
  tlsKeyFile: optional(
    path({ variable: "TLS_KEY_FILE", description: "the private key of that certificate, in PEM" }),
  ),
  tlsCaFile: optional(
    path({
      variable: "TLS_CA_FILE",
      description: "the CAs that sign the certificates of its peers, in PEM",
    }),
  ),
  allowPlaintext: boolean({
    variable: "ALLOW_PLAINTEXT",
    description:
      "`true` allows gRPC without TLS beyond loopback, where any caller is believed; otherwise only on loopback",
    default: false,
  }),
} as const;

/** The settings of every service. */
export const SERVICE_FIELDS = {
  grpcHost: text({
    variable: "GRPC_HOST",
    description: "the address that gRPC listens on",
    default: "127.0.0.1",
  }),
  grpcPort: port({
    variable: "GRPC_PORT",
    description: "the port that gRPC listens on; 0 takes a free one",
    allowZero: true,
  }),
  maxConnectionAgeMs: milliseconds({
    variable: "MAX_CONNECTION_AGE_MS",
    description:
      "the age at which a connection is closed, plus or minus a tenth, so that its caller resolves the address again and both sides authenticate again; calls in flight run to their end",
    default: 600_000,
    min: 1_000,
    max: 86_400_000,
  }),
  ...PEER_FIELDS,
  ...DRAIN_FIELDS,
  ...PROCESS_FIELDS,
  ...OPERATIONS_FIELDS,
  ...DATABASE_FIELDS,
  ...MIGRATION_FIELDS,
  ...REPLICA_FIELDS,
  ...IDENTITY_FIELDS,
} as const;
