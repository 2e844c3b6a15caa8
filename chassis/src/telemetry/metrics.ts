import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { BreakerState, ObserveBreaker } from "./breaker-state.ts";
import { certificateMetrics, type WatchCertificates } from "./certificate-metrics.ts";
import { type ClientMetrics, clientMetrics } from "./client-metrics.ts";
import { EventCounter } from "./event-counter.ts";
import { LatencyHistogram } from "./latency-histogram.ts";
import { placeMetrics, type WatchPlaces } from "./place-metrics.ts";
import { poolMetrics, type WatchPool } from "./pool-metrics.ts";
import { type ServerMetrics, serverMetrics } from "./server-metrics.ts";

/**
 * From 1 ms, about the fastest RPC, to 10 s, beyond almost every deadline. Each bucket is a series
 * for each method and route: the page of a gateway had 540 kB with 13 buckets for each outcome.
 */
const LATENCY_BUCKETS_SECONDS = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** The value of the gauge for each state of a breaker. */
const BREAKER_STATE_VALUES = {
  closed: 0,
  "half-open": 1,
  open: 2,
} as const satisfies Record<BreakerState, number>;

/** The metrics of one app. Durations are observed in seconds. */
export interface Metrics {
  /** One for each app, since apps share a process in the monolith. */
  readonly registry: Registry;
  /**
   * RPCs served, by method, `images.v1.ImageService/GetImage`, and code, `NOT_FOUND`.
   */
  readonly rpcServer: Histogram<"method" | "code">;
  /** The time of RPCs sent, as the caller saw it. */
  readonly rpcClient: Histogram<"callee" | "method">;
  /** RPCs sent, by the outcome that the caller saw. */
  readonly rpcClientCalls: Counter<"callee" | "method" | "code">;
  /** The failure policy of clients. */
  readonly client: ClientMetrics;
  /** Admission: calls that were admitted or shed. */
  readonly server: ServerMetrics;
  /**
   * The time of HTTP requests. The route is its pattern (`/v1/images/:id`), never a url, so that
   * there are few labels.
   */
  readonly http: LatencyHistogram<"method" | "route">;
  /** HTTP requests by status. */
  readonly httpRequests: EventCounter<"method" | "route" | "status">;
  /** Takes the state that a breaker is created in, and each state that it changes to. */
  readonly observeBreaker: ObserveBreaker;
  /** The wait for a connection of a pool. */
  readonly poolAcquire: Histogram<"pool">;
  /** 1 while writes to a pool's database are refused. */
  readonly readOnly: Gauge<"pool">;
  /** Reads a pool's statistics at each scrape, until the returned function is called. */
  readonly watchPool: WatchPool;
  /** Stored data that contradicted other data, and were corrected: a defect made them so. */
  readonly repairs: Counter<"what" | "fault">;
  /** Bytes that somebody wanted and the blob store has lost, by what was being done. */
  readonly missingBlobs: Counter<"during">;
  /** Reads places that are shared fairly at each scrape. */
  readonly watchPlaces: WatchPlaces;
  /** Reads the validity of the certificates at each scrape. */
  readonly watchCertificates: WatchCertificates;
}

/** Returns the metrics of an app. Each has the label `service`. */
export function createMetrics({ service }: { readonly service: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const registers = [registry];
  const buckets = LATENCY_BUCKETS_SECONDS;

  return {
    registry,
    rpcServer: new Histogram({
      name: "rpc_server_duration_seconds",
      help: "The time to answer an RPC.",
      labelNames: ["method", "code"] as const,
      buckets,
      registers,
    }),
    rpcClient: new Histogram({
      name: "rpc_client_duration_seconds",
      help: "The time of an RPC to another service, as its caller saw it.",
      labelNames: ["callee", "method"] as const,
      buckets,
      registers,
    }),
    rpcClientCalls: new Counter({
      name: "rpc_client_calls_total",
      help: "RPCs to another service, by the outcome that their caller saw.",
      labelNames: ["callee", "method", "code"] as const,
      registers,
    }),
    http: new LatencyHistogram({
      name: "http_server_duration_seconds",
      help: "The time to answer an HTTP request.",
      labelNames: ["method", "route"] as const,
      buckets,
      registers,
    }),
    httpRequests: new EventCounter({
      name: "http_requests_total",
      help: "HTTP requests by the status of their answer.",
      labelNames: ["method", "route", "status"] as const,
      registers,
    }),
    client: clientMetrics(registry),
    server: serverMetrics(registry),
    observeBreaker: breakerMetrics(registry),
    ...poolMetrics(registry, buckets),
    repairs: new Counter({
      name: "repairs_total",
      help: "Stored data that contradicted other data, and were corrected.",
      labelNames: ["what", "fault"] as const,
      registers,
    }),
    missingBlobs: new Counter({
      name: "missing_blobs_total",
      help: "How often bytes were wanted that the blob store has lost.",
      labelNames: ["during"] as const,
      registers,
    }),
    watchPlaces: placeMetrics(registry),
    watchCertificates: certificateMetrics(registry),
  };
}

function breakerMetrics(registry: Registry): ObserveBreaker {
  const state = new Gauge({
    name: "breaker_state",
    help: "The state of a breaker: 0 closed, 1 half-open, 2 open.",
    labelNames: ["callee", "method"] as const,
    registers: [registry],
  });
  const transitions = new Counter({
    name: "breaker_transitions_total",
    help: "How often a breaker changed to a state.",
    labelNames: ["callee", "method", "state"] as const,
    registers: [registry],
  });
  const seen = new Set<string>();

  return ({ callee, method, state: now }) => {
    state.set({ callee, method }, BREAKER_STATE_VALUES[now]);
    const breaker = `${callee} ${method}`;
    if (seen.has(breaker)) {
      transitions.inc({ callee, method, state: now });
    }
    seen.add(breaker);
  };
}
