import type { Measurement } from "#run/measurement.ts";
import { formatNumber, formatPercent } from "./format.ts";
import { cpu } from "./scenario-table.ts";

/** Says on stderr what runs, how much is left, and what each sample measured. */
export class Progress {
  readonly #start = performance.now();
  readonly #samples: number;
  #measured = 0;

  constructor(samples: number) {
    this.#samples = samples;
  }

  say(line: string): void {
    process.stderr.write(`${this.#elapsed()} ${line}\n`);
  }

  load(what: string): void {
    this.say(`[${this.#measured}/${this.#samples}] ${what}`);
  }

  measured({ sample }: Measurement): void {
    this.#measured += 1;
    const { perSecond, otherWork, faults } = sample;
    this.say(
      `    ${formatNumber(perSecond)} a second, ${formatNumber(cpu(sample))} µs of CPU each, ` +
        `other work ${formatPercent(otherWork)}${faults.map((fault) => `, ${fault}`).join("")}`,
    );
  }

  #elapsed(): string {
    const seconds = Math.round((performance.now() - this.#start) / 1_000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}
