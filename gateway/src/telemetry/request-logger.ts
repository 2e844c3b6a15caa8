import type { FastifyBaseLogger } from "fastify";

type Bindings = Parameters<FastifyBaseLogger["child"]>[0];
type ChildLoggerOptions = Parameters<FastifyBaseLogger["child"]>[1];

/** A line of a log, as pino takes it. */
type Line = readonly unknown[];

/**
 * The log of one request, whose lines have its id. pino's child is made for the first line: of
 * most requests nothing is logged but access-log.ts' line.
 */
export class RequestLogger implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger;
  readonly #bindings: Bindings;
  readonly #options: ChildLoggerOptions;
  #child: FastifyBaseLogger | undefined = undefined;

  constructor(parent: FastifyBaseLogger, bindings: Bindings, options?: ChildLoggerOptions) {
    this.#parent = parent;
    this.#bindings = bindings;
    this.#options = options;
  }

  get level(): FastifyBaseLogger["level"] {
    return this.#made.level;
  }

  child(bindings: Bindings, options?: ChildLoggerOptions): FastifyBaseLogger {
    return this.#made.child(bindings, options);
  }

  trace(...line: Line): void {
    this.#log("trace", line);
  }

  debug(...line: Line): void {
    this.#log("debug", line);
  }

  info(...line: Line): void {
    this.#log("info", line);
  }

  warn(...line: Line): void {
    this.#log("warn", line);
  }

  error(...line: Line): void {
    this.#log("error", line);
  }

  fatal(...line: Line): void {
    this.#log("fatal", line);
  }

  silent(): void {}

  get #made(): FastifyBaseLogger {
    this.#child ??= this.#parent.child(this.#bindings, this.#options);
    return this.#child;
  }

  #log(level: "trace" | "debug" | "info" | "warn" | "error" | "fatal", line: Line): void {
    const logger = this.#made;
    Reflect.apply(logger[level], logger, line);
  }
}
