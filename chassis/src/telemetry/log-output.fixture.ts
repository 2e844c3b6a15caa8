import { destination, pino } from "pino";
import { standardOutput } from "./log-output.ts";
import { createLogger } from "./logger.ts";

/**
 * Logs a hundred lines, and then says on standard error how many were dropped. With `--without` it
 * logs as pino does by itself.
 */
const logger = process.argv.includes("--without")
  ? pino({}, destination({ fd: 1, sync: true }))
  : createLogger({ service: "fixture", level: "info" });
for (let number = 0; number < 100; number++) logger.info({ number }, "a line");
process.stderr.write(`dropped ${standardOutput.dropped}\n`);
