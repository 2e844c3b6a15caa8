/** One request of an operation. `{value}` in the path stands for the value of the operation. */
export interface RequestTemplate {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  /** The status of a good answer. Any other makes the sample invalid. */
  readonly status: number;
  /** Bodies, of which each request takes one. */
  readonly bodies?: readonly Body[];
  /** Whether the `id` of the answer becomes the value of the requests that follow. */
  readonly takesId?: boolean;
  /** Repeats the request, with a pause, until the body contains this text. */
  readonly until?: string;
}

/** The body of a request. */
export interface Body {
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** Where each request writes 16 letters of its own, so that no two bodies are the same. */
  readonly varyAt?: number;
}

/** What a user does: requests one after the other on one connection, timed as one. */
export interface Operation {
  readonly name: string;
  /** How often, compared with the other operations of the same load. */
  readonly weight: number;
  readonly steps: readonly RequestTemplate[];
  /** What `{value}` stands for: each operation picks one. */
  readonly values: readonly string[];
  readonly distribution: "uniform" | "zipf";
  /** Access tokens, of which each operation takes one. Without them it is anonymous. */
  readonly tokens?: readonly string[];
}

/**
 * How requests are started. `closed`: each connection sends when its answer has come. `open`: at
 * fixed times, whether or not earlier ones were answered; latency counts from then.
 */
export type Loop =
  | { readonly kind: "closed"; readonly connections: number }
  | { readonly kind: "open"; readonly connections: number; readonly perSecond: number };

/** A load on one address. */
export interface LoadOrder {
  /** The address without a slash at its end: `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly operations: readonly Operation[];
  readonly loop: Loop;
  /** How long it runs before it is measured. */
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly seed: number;
}

/** What a load measured. */
export interface LoadResult {
  /** Operations that ended while it was measured. */
  readonly operations: number;
  readonly requests: number;
  readonly elapsedMs: number;
  readonly receivedBytes: number;
  /** The counts of a `LatencyHistogram` of whole operations. */
  readonly latency: readonly number[];
  /** How many answers had each status, the warm-up included: `image 200`. */
  readonly statuses: Readonly<Record<string, number>>;
  /** The part of them that was not as expected. `image 0` is a lost connection. */
  readonly unexpected: Readonly<Record<string, number>>;
  /** Requests without an answer when the load was over. */
  readonly unanswered: number;
  /** The share of one core that the load generator took. */
  readonly generatorShare: number;
}
