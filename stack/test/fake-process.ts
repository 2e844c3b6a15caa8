/** A fake process for tests of the supervisor, with the fault that a test names. */
import { createServer } from "node:http";

const { READY_PORT, FAULT } = process.env;

if (FAULT === "dies") process.exit(7);
if (FAULT === "hangs") process.on("SIGTERM", () => {});
process.on("message", (message) => process.send?.(message));
createServer((_request, response) => {
  response.statusCode = FAULT === "never-ready" ? 503 : 200;
  response.end();
}).listen(Number(READY_PORT), "127.0.0.1");
