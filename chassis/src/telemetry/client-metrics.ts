import { Counter, Gauge, type Registry } from "prom-client";

/** One method of one callee. */
interface MethodLabels {
  readonly callee: string;
  readonly method: string;
}

/** What a bulkhead shows of itself. */
interface BulkheadReading {
  readonly inFlight: number;
  readonly queued: number;
}

/** What a budget of extra calls shows of itself. */
interface BudgetReading {
  readonly tokens: number;
}

/** What a client measures besides its calls and breakers. */
export interface ClientMetrics {
  /** Reads a bulkhead at each scrape. */
  readonly watchBulkhead: (labels: MethodLabels, bulkhead: BulkheadReading) => void;
  /** Reads what is left of a budget at each scrape. */
  readonly watchBudget: (callee: string, budget: BudgetReading) => void;
  /** Calls that were asked for and not made, by reason. */
  readonly refusedCalls: Counter<"callee" | "method" | "reason">;
  /** Second tries of hedged calls. */
  readonly extraCalls: Counter<"callee" | "method">;
  /** Keys of batches whose answers may be kept, by where their answer came from. */
  readonly batchKeys: Counter<"callee" | "method" | "source">;
}

/** Makes the metrics of an app's clients. */
export function clientMetrics(registry: Registry): ClientMetrics {
  const registers = [registry];
  const labelNames = ["callee", "method"] as const;
  /** A gauge of something that each method has, read at each scrape. */
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
  const inFlight = gauge("bulkhead_in_flight", "Calls that are under way.");
  const queued = gauge("bulkhead_queued", "Calls that wait for their turn.");
  const budgets: (readonly [callee: string, budget: BudgetReading])[] = [];
  new Gauge({
    name: "hedge_budget_tokens",
    help: "How many second tries of a callee's calls may be made now.",
    labelNames: ["callee"],
    registers,
    collect() {
      for (const [callee, { tokens }] of budgets) this.set({ callee }, tokens);
    },
  });

  return {
    watchBulkhead(labels, bulkhead) {
      inFlight(labels, () => bulkhead.inFlight);
      queued(labels, () => bulkhead.queued);
    },
    watchBudget: (callee, budget) => void budgets.push([callee, budget]),
    refusedCalls: new Counter({
      name: "refused_calls_total",
      help: "Calls that were asked for and not made, by reason.",
      labelNames: [...labelNames, "reason"],
      registers,
    }),
    extraCalls: new Counter({
      name: "hedged_calls_total",
      help: "Second tries that were made beside a slow or lost first one.",
      labelNames,
      registers,
    }),
    batchKeys: new Counter({
      name: "batch_keys_total",
      help: "Keys of batches by the source of their answer: asked, fresh, stale, missing.",
      labelNames: ["callee", "method", "source"] as const,
      registers,
    }),
  };
}
