import { Counter, Gauge, type Registry } from "prom-client";

/** One method of one callee. */
interface MethodLabels {
  readonly callee: string;
  readonly method: string;
}

/** The state of a bulkhead. */
interface BulkheadReading {
  readonly inUse: number;
  readonly queued: number;
}

/** The state of a retry budget. */
interface BudgetReading {
  readonly tokens: number;
}

/** The metrics of clients, besides calls and breakers. */
export interface ClientMetrics {
  /** Reads a bulkhead at each scrape. */
  readonly watchBulkhead: (labels: MethodLabels, bulkhead: BulkheadReading) => void;
  /** Reads the tokens of a retry budget at each scrape. */
  readonly watchBudget: (callee: string, budget: BudgetReading) => void;
  /** Calls that were refused before they were sent, by reason. */
  readonly refusedCalls: Counter<"callee" | "method" | "reason">;
  /** Second attempts of hedged calls. */
  readonly extraCalls: Counter<"callee" | "method">;
  /** Keys of cacheable batches, by the source of their answer. */
  readonly batchKeys: Counter<"callee" | "method" | "source">;
}

/** Metrics of an app's clients. */
export function clientMetrics(registry: Registry): ClientMetrics {
  const registers = [registry];
  const labelNames = ["callee", "method"] as const;
  /** Creates a gauge for each method, read at each scrape. */
  const gauge = (name: string, help: string) => {
    const readings: (readonly [labels: MethodLabels, read: () => number])[] = [];
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        for (const [{ callee, method }, read] of readings) this.set({ callee, method }, read());
      },
    });
    return (labels: MethodLabels, read: () => number) => void readings.push([labels, read]);
  };
  const inFlight = gauge("bulkhead_in_flight", "Calls in flight.");
  const queued = gauge("bulkhead_queued", "Calls that wait for a permit.");
  const budgets: (readonly [callee: string, budget: BudgetReading])[] = [];
  new Gauge({
    name: "hedge_budget_tokens",
    help: "How many second attempts of a callee's calls may be made now.",
    labelNames: ["callee"],
    registers,
    collect() {
      for (const [callee, { tokens }] of budgets) this.set({ callee }, tokens);
    },
  });

  return {
    watchBulkhead(labels, bulkhead) {
      inFlight(labels, () => bulkhead.inUse);
      queued(labels, () => bulkhead.queued);
    },
    watchBudget: (callee, budget) => void budgets.push([callee, budget]),
    refusedCalls: new Counter({
      name: "refused_calls_total",
      help: "Calls that were refused before they were sent, by reason.",
      labelNames: [...labelNames, "reason"],
      registers,
    }),
    extraCalls: new Counter({
      name: "hedged_calls_total",
      help: "Second attempts beside a slow or lost first one.",
      labelNames,
      registers,
    }),
    batchKeys: new Counter({
      name: "batch_keys_total",
      help: "Keys of batches by the source of their answer: asked, fresh, stale, missing; and sent.",
      labelNames: ["callee", "method", "source"] as const,
      registers,
    }),
  };
}
