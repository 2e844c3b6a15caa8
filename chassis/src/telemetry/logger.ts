import { type DestinationStream, type Logger as PinoLogger, pino, stdSerializers } from "pino";
import { standardOutput } from "./log-output.ts";
import { REDACTED, redact, SECRETS } from "./redact.ts";

/** A log of JSON lines. Pass an error as `{ error }`: its causes are written then. */
export type Logger = PinoLogger;

/** The log levels, the quietest last. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** The lowest level that is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The options of a logger. */
interface LoggerOptions {
  /** The name of the process or app, in every line. */
  readonly service: string;
  readonly level: LogLevel;
  /** Receives the lines; standard output if not given. */
  readonly destination?: DestinationStream;
}

let lastMs = Number.NaN;
let lastIsoTime = "";

/** Returns the member of a line with its time. Lines of one millisecond share the text. */
function isoTime(): string {
  const nowMs = Date.now();
  if (nowMs !== lastMs) {
    lastMs = nowMs;
    lastIsoTime = `,"time":"${new Date(nowMs).toISOString()}"`;
  }
  return lastIsoTime;
}

/** Returns the logger of an app: JSON lines with ISO times and no secrets. */
export function createLogger({ service, level, destination: stream }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service, pid: process.pid },
      timestamp: isoTime,
      messageKey: "message",
      errorKey: "error",
      formatters: { level: (label) => ({ level: label }), log: redact },
      // fastify logs its own errors as `err`.
      serializers: { error: serializeError, err: serializeError },
      // The bindings of a child logger do not pass through `formatters.log`.
      redact: { paths: SECRETS.map((name) => `["${name}"]`), censor: REDACTED },
    },
    stream ?? standardStream(service),
  );
}

function standardStream(service: string): DestinationStream & { readonly flushSync: () => void } {
  return {
    write: (line) => standardOutput.write(line, service),
    // pino calls it after a line of the level fatal: the process may not live on.
    flushSync: standardOutput.flush,
  };
}

function serializeError(error: Error): unknown {
  const serialized: unknown = stdSerializers.errWithCause(error);
  return isRecord(serialized) ? redact(serialized) : serialized;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
