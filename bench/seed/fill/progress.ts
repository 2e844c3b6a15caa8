/** Where progress is written: a terminal, or a file or pipe. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const BAR_CHARACTERS = 28;
/** Of a terminal that does not know its width, and says 0. */
const COLUMNS_DEFAULT = 80;
const REDRAW_MS = 80;
/** Without a terminal: a line for each tenth of a step. */
const LINES = 10;

/** The progress of a run, step by step: a bar in a terminal, lines elsewhere. */
export class Progress {
  readonly #output: ProgressOutput;
  #name = "";
  #total = 0;
  #done = 0;
  #created = 0;
  #startedAt = 0;
  #shownAt = 0;
  #shownLines = 0;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  /** Begins a step. */
  begin(name: string, total: number): void {
    this.#name = name;
    this.#total = total;
    this.#done = 0;
    this.#created = 0;
    this.#shownLines = 0;
    this.#startedAt = performance.now();
    this.#draw();
  }

  /** Counts one thing of the step, which was created or was there already. */
  count(how: "created" | "found"): void {
    this.#done += 1;
    if (how === "created") this.#created += 1;
    if (this.#output.isTTY === true) {
      if (performance.now() - this.#shownAt >= REDRAW_MS) this.#draw();
    } else if (Math.floor((this.#done / this.#total) * LINES) > this.#shownLines) {
      this.#draw();
    }
  }

  /** Ends the step. Returns how many were created. */
  end(): number {
    if (this.#output.isTTY === true) {
      this.#draw();
      this.#output.write("\n");
    } else if (this.#shownLines < LINES) {
      this.#draw();
    }
    return this.#created;
  }

  /** Writes a line of its own, above the bar. */
  say(line: string): void {
    this.#output.write(this.#output.isTTY === true ? `\r\x1b[K${line}\n` : `${line}\n`);
  }

  #draw(): void {
    this.#shownAt = performance.now();
    const part = this.#total === 0 ? 1 : Math.min(1, this.#done / this.#total);
    this.#shownLines = Math.floor(part * LINES);
    const percent = `${Math.floor(part * 100)} %`.padStart(5);
    const counts = `${this.#done}/${this.#total}, ${this.#created} new`;
    const text = `${this.#name.padEnd(9)} ${percent}  ${counts}${this.#timeLeft(part)}`;
    if (this.#output.isTTY !== true) {
      this.#output.write(`${text}\n`);
      return;
    }
    const filled = Math.round(part * BAR_CHARACTERS);
    const bar = "█".repeat(filled) + "░".repeat(BAR_CHARACTERS - filled);
    const line = `${bar} ${text}`.slice(0, (this.#output.columns || COLUMNS_DEFAULT) - 1);
    this.#output.write(`\r\x1b[K${line}`);
  }

  #timeLeft(part: number): string {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    if (part === 0 || part === 1 || seconds < 2) return "";
    const left = Math.ceil((seconds / part) * (1 - part));
    return `, ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left`;
  }
}
