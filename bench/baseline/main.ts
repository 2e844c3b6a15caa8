import { pino, stdTimeFunctions } from "pino";
import { createAccessTokens } from "#baseline/http/access-tokens.ts";
import { contentRoutes } from "#baseline/http/content-routes.ts";
import { readRoutes } from "#baseline/http/read-routes.ts";
import { createServer } from "#baseline/http/server.ts";
import { sessionRoutes } from "#baseline/http/session-routes.ts";
import { uploadRoutes } from "#baseline/http/upload-routes.ts";
import { writeRoutes } from "#baseline/http/write-routes.ts";
import { createBatchedReads } from "#baseline/store/batched-reads.ts";
import { openDatabase } from "#baseline/store/database.ts";
import { createReads } from "#baseline/store/reads.ts";

// The baseline: the measured routes of the API as one process over one database.

const HOST = "127.0.0.1";
/** No limit acts while it is measured. */
const PER_MINUTE = 1_000_000_000;
const LOG_BUFFER_BYTES = 4_096;
const LOG_FLUSH_MS = 1_000;

const { DATABASE_URL = "", SIGNING_KEY = "", BLOBS = "", LOG_FILE = "", PORT = "0" } = process.env;

const destination = pino.destination({
  dest: LOG_FILE,
  sync: false,
  minLength: LOG_BUFFER_BYTES,
});
const flushing = setInterval(() => destination.flush(), LOG_FLUSH_MS);
const logger = pino(
  {
    base: { service: "baseline", pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    messageKey: "message",
    formatters: { level: (label) => ({ level: label }) },
  },
  destination,
);

const database = openDatabase(DATABASE_URL);
const tokens = createAccessTokens(JSON.parse(SIGNING_KEY));
const limits = { user: PER_MINUTE, address: PER_MINUTE };
const server = createServer({ tokens, limits, logger });
const batching = process.env.BATCHING === "on";
readRoutes(server, batching ? createBatchedReads(database) : createReads(database));
writeRoutes(server, database);
sessionRoutes(server, { database, tokens, signInLimit: PER_MINUTE });
contentRoutes(server, { database, blobs: BLOBS });
uploadRoutes(server, { database, blobs: BLOBS, logger });
server.get("/healthz", async () => ({ status: "ok" }));
await server.listen({ host: HOST, port: Number(PORT) });

async function stop(): Promise<void> {
  clearInterval(flushing);
  server.server.closeIdleConnections();
  await server.close();
  await database.close();
  destination.flushSync();
}

process.once("SIGINT", () => void stop());
process.once("SIGTERM", () => void stop());
