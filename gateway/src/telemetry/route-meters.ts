import type { EventCount } from "@triptych/chassis/telemetry/event-counter";
import type { Latencies } from "@triptych/chassis/telemetry/latency-histogram";
import type { Metrics } from "@triptych/chassis/telemetry/metrics";

/** A client may send some 30 other methods, and each would have series of its own. */
const METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
]);
const OTHER_METHOD = "other";

/** Measures the requests of one route. */
export interface RouteMeter {
  /** Its pattern: `/v1/images/:id`. */
  readonly route: string;
  /** Counts a request that has ended. */
  record(method: string, status: number, ms: number): void;
}

/** The meters of a server's routes. Each keeps the children of the metrics for its labels. */
export class RouteMeters {
  readonly #metrics: Metrics;
  readonly #meters = new Map<string, RouteMeter>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** Returns the meter of a route. */
  of(route: string): RouteMeter {
    const meter = this.#meters.get(route) ?? this.#create(route);
    this.#meters.set(route, meter);
    return meter;
  }

  #create(route: string): RouteMeter {
    const methods = new Map<string, MethodMeter>();
    return {
      route,
      record: (given, status, ms) => {
        const method = METHODS.has(given) ? given : OTHER_METHOD;
        let meter = methods.get(method);
        if (meter === undefined) {
          meter = new MethodMeter(this.#metrics, { method, route });
          methods.set(method, meter);
        }
        meter.record(status, ms);
      },
    };
  }
}

interface Labels {
  readonly method: string;
  readonly route: string;
}

class MethodMeter {
  readonly #latencies: Latencies<keyof Labels>;
  readonly #counts = new Map<number, EventCount<keyof Labels | "status">>();
  readonly #countOf: (status: number) => EventCount<keyof Labels | "status">;

  constructor(metrics: Metrics, labels: Labels) {
    this.#latencies = metrics.http.with({ ...labels });
    this.#countOf = (status) => metrics.httpRequests.with({ ...labels, status: String(status) });
  }

  record(status: number, ms: number): void {
    this.#latencies.observe(ms / 1000);
    let count = this.#counts.get(status);
    if (count === undefined) {
      count = this.#countOf(status);
      this.#counts.set(status, count);
    }
    count.add();
  }
}
