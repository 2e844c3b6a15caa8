/** The settings in which the stack's server differs from a test's. */
export interface ServerSettings {
  readonly port: number;
  /** The most connections of all roles together. */
  readonly connectionsMax: number;
  /** False only in tests, where the data may be lost with the machine. */
  readonly durable: boolean;
}

/**
 * Connections that no role of a service may take: for the stack itself, and a person with psql.
 * `superuser_reserved_connections` is 3 of them.
 */
export const CONNECTIONS_RESERVED = 10;
/** Postgres' own default, which is enough for the budgets of all services with their defaults. */
export const CONNECTIONS_MAX_DEFAULT = 100;

/**
 * Returns the server's configuration, which is written at each start. It is sized for a machine
 * that Postgres shares: few processes, little memory, no parallel plans, no replication.
 */
export function serverSettings({ port, connectionsMax, durable }: ServerSettings): string {
  const settings: Readonly<Record<string, string | number>> = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    password_encryption: "scram-sha-256",
    max_connections: connectionsMax,
    shared_buffers: "16MB",
    work_mem: "4MB",
    maintenance_work_mem: "32MB",
    wal_buffers: "1MB",
    max_wal_size: "256MB",
    min_wal_size: "32MB",
    huge_pages: "off",
    jit: "off",
    // Every statement of a request is named, and has one good plan: to plan it anew for its
    // parameters, as Postgres does where that seems cheaper, takes longer than to run it.
    plan_cache_mode: "force_generic_plan",
    // Each worker is a process: no I/O workers, no parallel plans, no logical replication.
    io_method: "sync",
    max_worker_processes: 1,
    max_parallel_workers: 0,
    max_parallel_workers_per_gather: 0,
    max_parallel_maintenance_workers: 0,
    max_logical_replication_workers: 0,
    autovacuum_worker_slots: 2,
    autovacuum_max_workers: 1,
    autovacuum_naptime: "60s",
    wal_level: "minimal",
    max_wal_senders: 0,
    fsync: durable ? "on" : "off",
    synchronous_commit: durable ? "on" : "off",
    full_page_writes: durable ? "on" : "off",
    // A query is cancelled when its caller has died, even if the cancel request was lost.
    client_connection_check_interval: "2s",
    authentication_timeout: "10s",
    timezone: "UTC",
    log_timezone: "UTC",
    lc_messages: "C",
    log_destination: "stderr",
    logging_collector: "off",
    log_line_prefix: "%m %p %a %d ",
    log_checkpoints: "off",
    // The services log failed statements, once, with the cause. Here only the server's own events
    // are logged.
    log_min_messages: "log",
    log_min_error_statement: "panic",
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value}'\n`)
    .join("");
}

/** Every user of this machine with a password may connect. There is no socket file and no trust. */
export const CLIENT_AUTHENTICATION = "host all all 127.0.0.1/32 scram-sha-256\n";
