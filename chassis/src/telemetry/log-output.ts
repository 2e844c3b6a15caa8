import { writeSync } from "node:fs";

/** Writes text to a file or a pipe; returns how many bytes it took. Throws a system error. */
type Write = (bytes: Buffer) => number;

/** A reader that is slow for a moment should not cost lines. One that has stopped costs no more. */
const FULL_PIPE_TRIES_MAX = 10;
const FULL_PIPE_PAUSE_MS = 1;
/** As much as a pipe holds. */
const HELD_CHARACTERS_MAX = 64 * 1024;
const STANDARD_OUTPUT = 1;
const NEWLINE = 10;

/**
 * The output of the log. Writing never throws: a full disk, a closed pipe or a reader that has
 * stopped costs lines, and no request and no process. Lines that cannot be written are dropped and
 * counted, and the next line that can be written follows one that says how many there were.
 *
 * The lines of one turn of the event loop share one write, since a write costs as much as all else
 * that a line takes. It is synchronous, and done before the process exits: no line is lost then. A
 * process that is killed loses the lines of the turn in which it dies.
 */
export class LogOutput {
  readonly #write: Write;
  #beforeExit: ((end: () => void) => void) | undefined;
  #held = "";
  #heldLines = 0;
  #service = "";
  #hasEnded = false;
  #dropped = 0;
  #droppedSinceWritten = 0;
  /** The last line was written in part: what follows must begin a new one. */
  #torn = false;

  /** `beforeExit` is called with the first line. It registers what must be called at the end. */
  constructor(write: Write, beforeExit?: (end: () => void) => void) {
    this.#write = write;
    this.#beforeExit = beforeExit;
  }

  /** The lines that were dropped since the process started. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Takes a line, which ends with its newline. It is written at the end of this turn of the event
   * loop. `service` names the app that logs it.
   */
  write(line: string, service: string): void {
    if (this.#heldLines === 0) this.#flushLater();
    this.#held += line;
    this.#heldLines++;
    this.#service = service;
    if (this.#held.length > HELD_CHARACTERS_MAX || this.#hasEnded) this.flush();
  }

  /** Writes the lines that were taken. */
  flush = (): void => {
    const lines = this.#heldLines;
    if (lines === 0) return;
    const missing = this.#droppedSinceWritten;
    const notice = missing === 0 ? "" : noticeOf(missing, this.#service);
    const bytes = Buffer.from(`${this.#torn ? "\n" : ""}${notice}${this.#held}`);
    const newlinesBefore = (this.#torn ? 1 : 0) + (missing === 0 ? 0 : 1);
    this.#held = "";
    this.#heldLines = 0;

    const written = this.#writeAll(bytes);
    if (written > 0) this.#torn = bytes[written - 1] !== NEWLINE;
    const newlines = written === bytes.length ? newlinesBefore + lines : newlinesIn(bytes, written);
    const whole = Math.max(0, newlines - newlinesBefore);
    if (newlines >= newlinesBefore) this.#droppedSinceWritten = 0;
    this.#dropped += lines - whole;
    this.#droppedSinceWritten += lines - whole;
  };

  #flushLater(): void {
    setImmediate(this.flush);
    this.#beforeExit?.(() => {
      this.#hasEnded = true;
      this.flush();
    });
    this.#beforeExit = undefined;
  }

  /** Returns how many bytes were written. */
  #writeAll(bytes: Buffer): number {
    let written = 0;
    // While lines are dropped, each write is tried once: waiting would stop the process.
    const triesMax = this.#droppedSinceWritten === 0 ? FULL_PIPE_TRIES_MAX : 1;
    let triesLeft = triesMax;
    while (written < bytes.length) {
      try {
        written += this.#write(bytes.subarray(written));
        triesLeft = triesMax;
      } catch (error) {
        if (!isFullPipe(error) || --triesLeft === 0) return written;
        sleep(FULL_PIPE_PAUSE_MS);
      }
    }
    return written;
  }
}

/** The standard output of this process. All its apps share it, and so the count of lost lines. */
export const standardOutput = new LogOutput(
  (bytes) => writeSync(STANDARD_OUTPUT, bytes),
  (end) => process.once("exit", end),
);

function newlinesIn(bytes: Buffer, length: number): number {
  let count = 0;
  for (let at = 0; at < length; at++) {
    if (bytes[at] === NEWLINE) count++;
  }
  return count;
}

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
