import { setTimeout as delay } from "node:timers/promises";
import type { LoadBalancer, Outcome } from "#chaos/network/load-balancer.ts";
import { jsonOf, nameOf, type RouteCase } from "#chaos/routes/route-case.ts";
import type { SeedData } from "#chaos/routes/seed-data.ts";
import type { AnswerClass } from "./answer-class.ts";
import { sendCall } from "./send-call.ts";

/** One request of the load. Times are those of `performance.now()`. */
export interface Sample {
  readonly case: RouteCase;
  /** When the schedule wanted it sent. */
  readonly intendedMs: number;
  readonly endedMs: number;
  readonly class: AnswerClass;
  /** The status, then the problem's code, or why there is no answer. */
  readonly detail: string;
}

/** What load to make, on what. */
export interface LoadOptions {
  readonly balancer: LoadBalancer;
  readonly seedData: SeedData;
  readonly cases: readonly RouteCase[];
  readonly requestsPerSecond: number;
}

/** A load that goes on until it is stopped. */
interface Load {
  /** Sends no more, and gives every sample once the last answer has come. */
  stop(): Promise<readonly Sample[]>;
}

/** The schedule is looked at so often. */
const TICK_MS = 4;
/** More would be a defect of this load: every request ends by itself. */
const IN_FLIGHT_MAX = 5_000;

/**
 * Sends requests by a fixed schedule, whether or not earlier ones were answered, and counts latency
 * from the intended start: so a system that stalls can't hide it by taking fewer requests.
 */
export function startOpenLoop(options: LoadOptions): Load {
  const { seedData, cases, requestsPerSecond } = options;
  const samples: Sample[] = [];
  const inFlight = new Set<Promise<void>>();
  const startMs = performance.now();
  let stopped = false;
  let sent = 0;
  let deck: RouteCase[] = [];

  const send = async (intendedMs: number) => {
    if (deck.length === 0) deck = [...seedData.random.shuffled(cases.flatMap(byWeight))];
    const routeCase = deck.pop() as RouteCase;
    const result = await sendCall(options.balancer, routeCase.call(seedData));
    samples.push({
      case: routeCase,
      intendedMs,
      endedMs: performance.now(),
      class: result.class,
      detail: detailOf(result),
    });
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

/** Whether a request may be made twice: a read, or a like that is set or taken away. */
export function isRepeatable({ case: { route } }: Sample): boolean {
  return route.startsWith("GET ") || route.endsWith("/like");
}

/**
 * Whether a request was refused because there was too much to do: for a busy machine as well as for
 * a part that is slow, so it is counted apart.
 */
export function isShed({ detail }: Sample): boolean {
  return detail === "503 OVERLOADED";
}

/** What a sample was, in a line. */
export function describeSample(sample: Sample): string {
  const ms = Math.round(sample.endedMs - sample.intendedMs);
  return `${nameOf(sample.case)}: ${sample.class} after ${ms} ms (${sample.detail})`;
}
