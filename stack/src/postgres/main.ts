import { createReadiness } from "@triptych/chassis/lifecycle/readiness";
import { runProcess } from "@triptych/chassis/lifecycle/run-process";
import { startOperationsServer } from "@triptych/chassis/operations/operations-server";
import { closeSharedDatabases, ensureServiceDatabase } from "./ensure-service-database.ts";
import { readPostgresConfiguration } from "./postgres-configuration.ts";
import { CONNECTIONS_MAX_DEFAULT, CONNECTIONS_RESERVED } from "./server-settings.ts";
import { startPostgres } from "./start-postgres.ts";

/** Longer than a fast shutdown together with an immediate one, if the fast one hangs. */
const STOP_MS_MAX = 25_000;
const HOST = "127.0.0.1";

/**
 * Runs one embedded Postgres with one service's database as a process of its own, so that a suite
 * can take away one database at a time. The process ends when its server ends for any reason.
 */
runProcess({
  name: "postgres",
  drainTimeoutMs: STOP_MS_MAX,
  async start() {
    const configuration = readPostgresConfiguration(process.env);
    const { folder, port, databaseName: name, databasePassword: password } = configuration;
    const server = await startPostgres({ folder, port, durable: true });
    let wanted = true;
    void server.exited.then(() => {
      if (wanted) throw new Error("Postgres ended unasked"); // unhandled, it ends the process
    });
    await closeSharedDatabases(server.url);
    const connectionsMax = CONNECTIONS_MAX_DEFAULT - CONNECTIONS_RESERVED;
    await ensureServiceDatabase(server.url, { name, password, connectionsMax });
    const readiness = createReadiness();
    const { isReady } = readiness;
    const operations = await startOperationsServer({
      host: HOST,
      port: configuration.readyPort,
      metrics: [],
      isReady,
    });
    return {
      readiness,
      async drain() {
        wanted = false;
        await server.stop();
      },
      close: operations.close,
    };
  },
});
