import {
  type DestinationStream,
  destination,
  type Logger as PinoLogger,
  pino,
  stdSerializers,
  stdTimeFunctions,
} from "pino";
import { REDACTED, redact, SECRETS } from "./redact.ts";

/** A log of JSON lines. Give errors as `{ error }`, so that their causes are written too. */
export type Logger = PinoLogger;

/** The levels, the quietest last. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** How much is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a logger is made of. */
interface LoggerOptions {
  /** The process's or app's name, in every line. */
  readonly service: string;
  readonly level: LogLevel;
  /** Where the lines go; standard output if not given. */
  readonly destination?: DestinationStream;
}

/** Makes the logger of an app: a JSON line each, with ISO times and no secret. */
export function createLogger({ service, level, destination: stream }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      messageKey: "message",
      errorKey: "error",
      formatters: { level: (label) => ({ level: label }), log: redact },
      // fastify writes its own errors as `err`.
      serializers: { error: serializeError, err: serializeError },
      // What a child logger is bound to does not pass through `formatters.log`.
      redact: { paths: SECRETS.map((name) => `["${name}"]`), censor: REDACTED },
    },
    // Synchronous, so that the last lines before an exit are not lost.
    stream ?? destination({ fd: 1, sync: true }),
  );
}

function serializeError(error: Error): unknown {
  const serialized: unknown = stdSerializers.errWithCause(error);
  return isRecord(serialized) ? redact(serialized) : serialized;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
