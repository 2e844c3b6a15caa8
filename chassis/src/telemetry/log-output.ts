import { writeSync } from "node:fs";

/** Writes text to a file or a pipe; returns how many bytes it took. Throws a system error. */
type Write = (bytes: Buffer) => number;

/** A reader that is slow for a moment should not cost lines. One that has stopped costs no more. */
const FULL_PIPE_TRIES_MAX = 10;
const FULL_PIPE_PAUSE_MS = 1;
const STANDARD_OUTPUT = 1;

/**
 * The output of the log. Writing never throws: a full disk, a closed pipe or a reader that has
 * stopped costs lines, and no request and no process. Lines that cannot be written are dropped and
 * counted, and the next line that can be written follows one that says how many there were.
 *
 * Synchronous, so that the last lines before an exit are not lost.
 */
export class LogOutput {
  readonly #write: Write;
  #dropped = 0;
  #droppedSinceWritten = 0;
  /** The last line was written in part: what follows must begin a new one. */
  #torn = false;

  constructor(write: Write) {
    this.#write = write;
  }

  /** The lines that were dropped since the process started. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Writes a line, which ends with its newline. `service` names the app that logs it. */
  write(line: string, service: string): void {
    const missing = this.#droppedSinceWritten;
    const notice = missing === 0 ? "" : noticeOf(missing, service);
    const bytes = Buffer.from(`${this.#torn ? "\n" : ""}${notice}${line}`);
    const written = this.#writeAll(bytes);
    if (written === bytes.length) {
      this.#torn = false;
      this.#droppedSinceWritten = 0;
      return;
    }
    this.#torn ||= written > 0;
    this.#dropped++;
    this.#droppedSinceWritten++;
  }

  /** Returns how many bytes were written. */
  #writeAll(bytes: Buffer): number {
    let written = 0;
    // While lines are dropped, each one is tried once: waiting would stop the process.
    let triesLeft = this.#droppedSinceWritten === 0 ? FULL_PIPE_TRIES_MAX : 1;
    while (written < bytes.length) {
      try {
        written += this.#write(bytes.subarray(written));
      } catch (error) {
        if (!isFullPipe(error) || --triesLeft === 0) return written;
        sleep(FULL_PIPE_PAUSE_MS);
      }
    }
    return written;
  }
}

/** The standard output of this process. All its apps share it, and so the count of lost lines. */
export const standardOutput = new LogOutput((bytes) => writeSync(STANDARD_OUTPUT, bytes));

function noticeOf(droppedLines: number, service: string): string {
  const notice = {
    level: "warn",
    time: new Date().toISOString(),
    service,
    pid: process.pid,
    droppedLines,
    message: "lines of this log were dropped: there was no room for them, or nobody read them",
  };
  return `${JSON.stringify(notice)}\n`;
}

function isFullPipe(error: unknown): boolean {
  return typeof error === "object" && error !== null && Reflect.get(error, "code") === "EAGAIN";
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
