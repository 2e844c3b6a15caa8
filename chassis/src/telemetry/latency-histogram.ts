import type {
  LabelValues,
  Metric,
  MetricObjectWithValues,
  MetricValueWithName,
  Registry,
} from "prom-client";

/** The latencies with the same labels. */
export class Latencies<Label extends string> {
  readonly labels: LabelValues<Label>;
  readonly #bounds: readonly number[];
  /** By bucket; those above the last bound are in `count` only. */
  readonly #buckets: number[];
  #count = 0;
  #sum = 0;

  constructor(labels: LabelValues<Label>, bounds: readonly number[]) {
    this.labels = labels;
    this.#bounds = bounds;
    this.#buckets = bounds.map(() => 0);
  }

  /** Observes a latency, in seconds. */
  observe(seconds: number): void {
    const bucket = this.#bounds.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count++;
    this.#sum += seconds;
  }

  /** Returns its series, as Prometheus names them. */
  seriesOf(name: string): readonly MetricValueWithName<string>[] {
    const { labels } = this;
    const counted = { value: this.#count, labels };
    let total = 0;
    const buckets = this.#bounds.map((le, bucket) => {
      total += this.#buckets[bucket] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: total };
    });
    return [
      ...buckets,
      { ...counted, metricName: `${name}_bucket`, labels: { le: "+Inf", ...labels } },
      { metricName: `${name}_sum`, labels, value: this.#sum },
      { ...counted, metricName: `${name}_count` },
    ];
  }
}

/** The options of a histogram of latencies. */
interface LatencyHistogramOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  /** The upper bounds of its buckets, in seconds. */
  readonly buckets: readonly number[];
  readonly registers: readonly Registry[];
}

/**
 * A histogram of latencies, whose children for labels are made once and kept. prom-client's own
 * histogram hashes and checks the labels of each observation, also in its children.
 */
export class LatencyHistogram<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly type = "histogram";
  readonly labelNames: readonly Label[];
  readonly #bounds: readonly number[];
  #children: Latencies<Label>[] = [];

  constructor({ name, help, labelNames, buckets, registers }: LatencyHistogramOptions<Label>) {
    this.name = name;
    this.help = help;
    this.labelNames = labelNames;
    this.#bounds = buckets;
    // A registry takes anything with these members. Its type names prom-client's own classes.
    for (const registry of registers) registry.registerMetric(this as unknown as Metric);
  }

  /** Returns the latencies with these labels. To be called once for them, and then kept. */
  with(labels: LabelValues<Label>): Latencies<Label> {
    const latencies = new Latencies(labels, this.#bounds);
    this.#children.push(latencies);
    return latencies;
  }

  /** Called by the registry at each scrape. */
  async get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    const { name, help, type } = this;
    const values = this.#children.flatMap((latencies) => latencies.seriesOf(name));
    return { name, help, type, aggregator: "sum", values } as unknown as MetricObjectWithValues<
      MetricValueWithName<string>
    >;
  }
}
