import { setTimeout as delay } from "node:timers/promises";
import type { LoadBalancer, Outcome } from "#chaos/network/load-balancer.ts";
import { jsonOf, nameOf, type RouteCase } from "#chaos/routes/route-case.ts";
import type { SeedData } from "#chaos/routes/seed-data.ts";
import type { AnswerClass } from "./answer-class.ts";
import { sendCall } from "./send-call.ts";

/** A request of the load and its outcome. Times are those of `performance.now()`. */
export interface Sample {
  readonly case: RouteCase;
  /** When the schedule wanted to send it. */
  readonly intendedMs: number;
  readonly endedMs: number;
  readonly class: AnswerClass;
  /** The status and the problem's code, or why there is no answer. */
  readonly detail: string;
}

/** What the requests of a load are, and where they go. */
export interface SampleOptions {
  readonly balancer: LoadBalancer;
  readonly seedData: SeedData;
  readonly cases: readonly RouteCase[];
}

/** The options of a load. */
export interface LoadOptions extends SampleOptions {
  readonly requestsPerSecond: number;
}

/** A load that runs until it is stopped. */
export interface Load {
  /** Sends no more, waits for the last answer, and returns every sample. */
  stop(): Promise<readonly Sample[]>;
}

/** The interval at which the schedule is read. */
const TICK_MS = 4;
/** More would be a defect of this load, because every request ends by itself. */
const IN_FLIGHT_MAX = 5_000;

/**
 * An open-loop load: sends requests by a fixed schedule, whether or not earlier ones were answered.
 * Latency counts from the intended start, so a system that stalls cannot hide it by accepting fewer
 * requests.
 */
export function startOpenLoop(options: LoadOptions): Load {
  const { requestsPerSecond } = options;
  const samples: Sample[] = [];
  const inFlight = new Set<Promise<void>>();
  const startMs = performance.now();
  let stopped = false;
  let sent = 0;
  const takeSample = createSampler(options);
  const send = async (intendedMs: number) => {
    samples.push(await takeSample(intendedMs));
  };

  const run = async () => {
    while (!stopped) {
      const due = ((performance.now() - startMs) * requestsPerSecond) / 1_000;
      for (; sent < due; sent++) {
        if (inFlight.size >= IN_FLIGHT_MAX) throw new Error(`${IN_FLIGHT_MAX} requests in flight`);
        const request = send(startMs + (sent * 1_000) / requestsPerSecond);
        inFlight.add(request);
        void request.finally(() => inFlight.delete(request));
      }
      await delay(TICK_MS);
    }
  };

  const running = run();
  return {
    async stop() {
      stopped = true;
      await running;
      await Promise.all(inFlight);
      return samples;
    },
  };
}

/** Returns a function that sends the next request of a shuffled deck of cases. */
export function createSampler({
  balancer,
  seedData,
  cases,
}: SampleOptions): (intendedMs: number) => Promise<Sample> {
  let deck: RouteCase[] = [];
  return async function takeSample(intendedMs) {
    if (deck.length === 0) deck = [...seedData.random.shuffled(cases.flatMap(byWeight))];
    const routeCase = deck.pop() as RouteCase;
    const result = await sendCall(balancer, routeCase.call(seedData));
    return {
      case: routeCase,
      intendedMs,
      endedMs: performance.now(),
      class: result.class,
      detail: detailOf(result),
    };
  };
}

function byWeight(routeCase: RouteCase): RouteCase[] {
  return Array.from({ length: routeCase.weight }, () => routeCase);
}

function detailOf({ answer, error }: Outcome): string {
  if (answer === undefined) return error ?? "no answer";
  const { status, headers } = answer;
  const isProblem = headers["content-type"]?.startsWith("application/problem+json") ?? false;
  return isProblem ? `${status} ${jsonOf(answer).code}` : String(status);
}

/** Whether a request was refused, or failed. */
export function isLost({ class: own }: Sample): boolean {
  return own === "refused" || own === "failed";
}

/** Whether a request may be sent twice: a read, or a like that is set or removed. */
export function isRepeatable({ case: { route } }: Sample): boolean {
  return route.startsWith("GET ") || route.endsWith("/like");
}

/**
 * Whether a request was shed (load shedding). A busy machine causes this as well as a slow part, so
 * such requests are counted apart.
 */
export function isShed({ detail }: Sample): boolean {
  return detail === "503 OVERLOADED";
}

/** Describes a sample in a line. */
export function describeSample(sample: Sample): string {
  const ms = Math.round(sample.endedMs - sample.intendedMs);
  return `${nameOf(sample.case)}: ${sample.class} after ${ms} ms (${sample.detail})`;
}
