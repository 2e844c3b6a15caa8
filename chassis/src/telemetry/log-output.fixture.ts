import { destination, pino } from "pino";
import { standardOutput } from "./log-output.ts";
import { createLogger } from "./logger.ts";

/**
 * Logs a hundred lines, and then says on standard error how many were dropped. With `--without` it
 * logs as pino does by itself. With `--exit`, `--throw` or `--end` it ends so, in the same turn of
 * the event loop.
 */
const logger = process.argv.includes("--without")
  ? pino({}, destination({ fd: 1, sync: true }))
  : createLogger({ service: "fixture", level: "info" });
for (let number = 0; number < 100; number++) logger.info({ number }, "a line");
process.once("exit", () => logger.info({ number: 100 }, "at the exit"));
if (process.argv.includes("--exit")) process.exit(3);
if (process.argv.includes("--throw")) throw new Error("uncaught");
if (!process.argv.includes("--end")) standardOutput.flush();
process.stderr.write(`dropped ${standardOutput.dropped}\n`);
