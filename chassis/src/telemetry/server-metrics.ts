import { Counter, Gauge, type Registry } from "prom-client";

/** What admission shows of itself. */
interface AdmissionReading {
  readonly inFlight: number;
  readonly limit: number;
  readonly lagMs: number;
}

/** What whoever answers calls measures besides them. */
export interface ServerMetrics {
  /** Reads admission at each scrape. */
  readonly watchAdmission: (admission: AdmissionReading) => void;
  /**
   * Calls that were refused at the door: which, how much they mattered, and what there was too much
   * of.
   */
  readonly shed: Counter<"method" | "rank" | "cause">;
}

/** Makes the metrics of what an app lets in. */
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
  gauge("admission_in_flight", "Calls that were let in and are not over.", (it) => it.inFlight);
  gauge("admission_limit", "How many calls there may be at once, as learnt.", (it) => it.limit);
  gauge("admission_lag_seconds", "How late the event loop comes.", (it) => it.lagMs / 1000);

  return {
    watchAdmission(admission) {
      watched = admission;
    },
    shed: new Counter({
      name: "shed_total",
      help: "Calls that were refused since there was too much to do.",
      labelNames: ["method", "rank", "cause"] as const,
      registers,
    }),
  };
}
