import { Counter, type CounterConfiguration, type LabelValues } from "prom-client";

/** Events with the same labels. */
export class EventCount<Label extends string> {
  readonly labels: LabelValues<Label>;
  #count = 0;

  constructor(labels: LabelValues<Label>) {
    this.labels = labels;
  }

  /** Counts one event. */
  add(): void {
    this.#count++;
  }

  /** Returns how many events were counted since it was last called. */
  take(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }
}

/**
 * A counter of events, whose children for labels are made once and kept. prom-client's own counter
 * hashes the labels for each event, also in its children. Here it does so at each scrape.
 */
export class EventCounter<Label extends string> {
  readonly #counts: EventCount<Label>[] = [];

  constructor(configuration: Omit<CounterConfiguration<Label>, "collect">) {
    const counts = this.#counts;
    new Counter({
      ...configuration,
      collect() {
        for (const count of counts) this.inc(count.labels, count.take());
      },
    });
  }

  /** Returns the events with these labels. To be called once for them, and then kept. */
  with(labels: LabelValues<Label>): EventCount<Label> {
    const count = new EventCount(labels);
    this.#counts.push(count);
    return count;
  }
}
