import { LatencyHistogram } from "./latency-histogram.ts";
import type { LoadResult } from "./load-order.ts";

/** Counts what happens during a load. Times and rates are of the measured part only. */
export class Tally {
  #latency = new LatencyHistogram();
  #operations = 0;
  #requests = 0;
  #measuring = false;
  readonly #statuses = new Map<string, number>();
  readonly #unexpected = new Map<string, number>();

  begin(): void {
    this.#measuring = true;
  }

  end(): void {
    this.#measuring = false;
  }

  /** Counts an answer. Returns whether its status was as expected. */
  answer(operation: string, status: number, expected: number): boolean {
    if (this.#measuring) this.#requests += 1;
    const name = `${operation} ${status}`;
    this.#statuses.set(name, (this.#statuses.get(name) ?? 0) + 1);
    if (status === expected) return true;
    this.#unexpected.set(name, (this.#unexpected.get(name) ?? 0) + 1);
    return false;
  }

  /** Counts an operation that succeeded. */
  operation(micros: number): void {
    if (!this.#measuring) return;
    this.#operations += 1;
    this.#latency.record(micros);
  }

  result(): Omit<LoadResult, "elapsedMs" | "receivedBytes" | "unanswered" | "generatorShare"> {
    return {
      operations: this.#operations,
      requests: this.#requests,
      latency: this.#latency.counts(),
      statuses: Object.fromEntries(this.#statuses),
      unexpected: Object.fromEntries(this.#unexpected),
    };
  }
}
