import {
  type DestinationStream,
  destination,
  type Logger as PinoLogger,
  pino,
  stdSerializers,
  stdTimeFunctions,
} from "pino";

/** A log of JSON lines. Give errors as `{ error }`, so that their causes are written too. */
export type Logger = PinoLogger;

/** The levels, the quietest last. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** How much is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a logger is made of. */
export interface LoggerOptions {
  /** The process's or app's name, in every line. */
  readonly service: string;
  readonly level: LogLevel;
  /** Where the lines go; standard output if not given. */
  readonly destination?: DestinationStream;
}

/** Members that are never written, wherever they stand down to the third level. */
const SECRETS = [
  "authorization",
  "Authorization",
  "cookie",
  "set-cookie",
  "password",
  "token",
  "accessToken",
  "refreshToken",
  "privateJwk",
];
const REDACTED = SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

/** Makes the logger of an app: a JSON line each, with ISO times and no secret. */
export function createLogger({ service, level, destination: stream }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      messageKey: "message",
      errorKey: "error",
      formatters: { level: (label) => ({ level: label }) },
      // fastify writes its own errors as `err`.
      serializers: { error: stdSerializers.errWithCause, err: stdSerializers.errWithCause },
      redact: { paths: REDACTED, censor: "[redacted]" },
    },
    // Synchronous, so that the last lines before an exit are not lost.
    stream ?? destination({ fd: 1, sync: true }),
  );
}

/** Makes the logger of one request: its id stands in every line. */
export function requestLogger(logger: Logger, requestId: string): Logger {
  return logger.child({ requestId });
}
