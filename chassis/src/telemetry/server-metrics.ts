import { Counter, Gauge, type Registry } from "prom-client";

/** The state of admission. */
interface AdmissionReading {
  readonly inFlight: number;
  readonly limit: number;
  readonly lagMs: number;
}

/** The metrics of servers, besides calls. */
export interface ServerMetrics {
  /** Reads admission at each scrape. */
  readonly watchAdmission: (admission: AdmissionReading) => void;
  /** Calls that were shed, by method, rank and cause. */
  readonly shed: Counter<"method" | "rank" | "cause">;
}

/** Metrics of the admission of an app. */
export function serverMetrics(registry: Registry): ServerMetrics {
  const registers = [registry];
  let watched: AdmissionReading | undefined;
  const gauge = (name: string, help: string, read: (admission: AdmissionReading) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        if (watched !== undefined) this.set(read(watched));
      },
    });
  gauge("admission_in_flight", "Calls that were admitted and have not ended.", (it) => it.inFlight);
  gauge("admission_limit", "How many calls may be in flight, as learnt.", (it) => it.limit);
  gauge("admission_lag_seconds", "The lag of the event loop.", (it) => it.lagMs / 1000);

  return {
    watchAdmission(admission) {
      watched = admission;
    },
    shed: new Counter({
      name: "shed_total",
      help: "Calls that were shed.",
      labelNames: ["method", "rank", "cause"] as const,
      registers,
    }),
  };
}
