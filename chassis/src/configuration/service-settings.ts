import { parseJwks } from "#identity/keys.ts";
import { LOG_LEVELS } from "#telemetry/logger.ts";
import { path, port, url } from "./address-settings.ts";
import { optional } from "./setting.ts";
import { boolean, integer, json, milliseconds, oneOf, text } from "./settings.ts";

/** How long a process may take to end, unless its configuration says otherwise. */
export const DRAIN_TIMEOUT_MS_DEFAULT = 10_000;

/** What every process reads from its environment. */
export const PROCESS_FIELDS = {
  logLevel: oneOf(LOG_LEVELS, {
    variable: "LOG_LEVEL",
    description: "how much is logged",
    default: "info",
  }),
  drainTimeoutMs: milliseconds({
    variable: "DRAIN_TIMEOUT_MS",
    description: "how long calls under way may take to end after SIGTERM",
    default: DRAIN_TIMEOUT_MS_DEFAULT,
    min: 0,
    max: 600_000,
  }),
  failurePolicy: oneOf(["on", "off"], {
    variable: "FAILURE_POLICY",
    description:
      "`off` shows what the failure policy is worth: nothing is kept, refused or tried again",
    default: "on",
  }),
} as const;

/** How a process that others call takes leave of them. */
export const DRAIN_FIELDS = {
  drainDelayMs: milliseconds({
    variable: "DRAIN_DELAY_MS",
    description:
      "for how long after SIGTERM work is still taken, while `/readyz` tells balancers to send none; a part of `DRAIN_TIMEOUT_MS`",
    default: 3_000,
    min: 0,
    max: 600_000,
  }),
} as const;

/** Where a process tells operators how it is. */
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

/** How a process reaches its own database. */
export const DATABASE_FIELDS = {
  databaseUrl: url({
    variable: "DATABASE_URL",
    description: "the service's own Postgres database",
    protocols: ["postgres", "postgresql"],
    secret: true,
  }),
  databasePoolMax: integer({
    variable: "DATABASE_POOL_MAX",
    description: "how many connections to it are open at most",
    default: 10,
    min: 1,
    max: 1_000,
  }),
} as const;

/**
 * Who brings a service's database up to date: the process itself as it starts, or somebody for whom
 * it waits.
 */
const MIGRATION_MODES = ["run", "await"] as const;

/** One of them. */
export type MigrationMode = (typeof MIGRATION_MODES)[number];

/** How a process comes to a database that is up to date. */
export const MIGRATION_FIELDS = {
  migrations: oneOf(MIGRATION_MODES, {
    variable: "MIGRATIONS",
    description:
      "`run` brings the database up to date before the process is ready; `await` waits until `migrate-main.ts` has",
    default: "run",
  }),
} as const;

/** Where a service reads while its own database is away. */
const REPLICA_FIELDS = {
  databaseReplicaUrl: optional(
    url({
      variable: "DATABASE_REPLICA_URL",
      description: "a replica of it, read while it is away; unset, reads fail then",
      protocols: ["postgres", "postgresql"],
      secret: true,
    }),
  ),
} as const;

/** How the users' access tokens are verified. */
export const IDENTITY_FIELDS = {
  accessTokenPublicKeys: json({
    variable: "ACCESS_TOKEN_PUBLIC_KEYS",
    description: "the public keys of access tokens, a JSON Web Key Set",
    expected: "a JSON Web Key Set of Ed25519 keys",
    parse: parseJwks,
  }),
} as const;

/** How a process and those that it talks to by gRPC know one another. */
export const PEER_FIELDS = {
  tlsCertificateFile: optional(
    path({
      variable: "TLS_CERTIFICATE_FILE",
      description:
        "who it is to the other processes, a certificate in PEM; read again when it changes, as the next two are",
    }),
  ),
  tlsKeyFile: optional(
    path({ variable: "TLS_KEY_FILE", description: "the private key of that certificate, in PEM" }),
  ),
  tlsCaFile: optional(
    path({
      variable: "TLS_CA_FILE",
      description: "the CAs whose certificates are taken from the others, in PEM",
    }),
  ),
  allowPlaintext: boolean({
    variable: "ALLOW_PLAINTEXT",
    description:
      "`true` lets it talk without TLS to other machines, and believe whoever calls; otherwise it does so on loopback only",
    default: false,
  }),
} as const;

/** What every service reads from its environment. */
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
      "when a connection is ended, a tenth sooner or later, so that its caller looks again who there is, and both prove anew who they are; calls under way go on to their end",
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
