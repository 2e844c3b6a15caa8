import { setTimeout as delay } from "node:timers/promises";
import { describeSample, type Sample } from "#chaos/load/open-loop.ts";
import { COMMENT_CASES } from "#chaos/routes/comment-cases.ts";
import { IMAGE_CASES } from "#chaos/routes/image-cases.ts";
import type { RouteCase } from "#chaos/routes/route-case.ts";
import { GATEWAYS } from "#chaos/system/system-plan.ts";
import {
  ARMS,
  type Arm,
  type ExperimentEnvironment,
  withEnvironment,
} from "./experiment-environment.ts";
import { goodputIn, isServed, latencyP99, PATIENCE_MS, servedShare } from "./goodput.ts";
import { print, report, reportOwnLag } from "./report.ts";
import { findPeak, type LoadRun, runLoad, type Stream } from "./run-load.ts";

/** Browsing, which may be shed, and views of one image. */
const BROWSING: readonly RouteCase[] = [
  {
    route: "GET /v1/images",
    weight: 17,
    needs: ["images"],
    decoratedBy: ["users", "comments"],
    call: () => ({ method: "GET", path: "/v1/images", expected: [200] }),
  },
  { ...caseOf(IMAGE_CASES, "GET /v1/images/{id}"), weight: 2 },
];
/**
 * Writes that a person waits for: one of images itself, with five statements, and one of comments,
 * which calls images.
 */
const CRITICAL: Stream = {
  cases: [
    { ...caseOf(IMAGE_CASES, "PATCH /v1/images/{id}"), weight: 1 },
    { ...caseOf(COMMENT_CASES, "POST /v1/images/{id}/comments"), weight: 4 },
  ],
  requestsPerSecond: 2,
};
/**
 * Some 16 statements a second on any machine: the gateways and the load itself can manage ten times
 * as many requests.
 */
const IMAGES_LINK_MS = 60;
const OVERLOAD = 10;
const UNLOADED_MS = 15_000;
const OVERLOAD_MS = 60_000;
/** The control arm answers so late that without this limit too many requests would be in flight. */
const REQUESTS_MAX = 4_500;
const SAMPLES_SHOWN_MAX = 5;

/** The figures in calm, which both arms are compared with. */
interface Calm {
  readonly unloaded: readonly Sample[];
  readonly peakPerSecond: number;
}

function caseOf(cases: readonly RouteCase[], route: string): RouteCase {
  const found = cases.find((one) => one.route === route);
  if (found === undefined) throw new Error(`there is no case of ${route}`);
  return found;
}

function isCritical({ case: { route } }: Sample): boolean {
  return CRITICAL.cases.some((one) => one.route === route);
}

async function measureCalm(environment: ExperimentEnvironment): Promise<Calm> {
  const { samples: unloaded } = await runLoad(environment, [CRITICAL], {
    during: () => delay(UNLOADED_MS),
  });
  const peakPerSecond = await findPeak(environment, (requestsPerSecond) => [
    CRITICAL,
    { cases: BROWSING, requestsPerSecond: requestsPerSecond - CRITICAL.requestsPerSecond },
  ]);
  return { unloaded, peakPerSecond };
}

/**
 * At the end the gateways are killed: an answer that is missing then would be too late for anybody.
 */
function overload(environment: ExperimentEnvironment, { peakPerSecond }: Calm): Promise<LoadRun> {
  const requestsPerSecond = peakPerSecond * OVERLOAD;
  const boundedMs = Math.min(OVERLOAD_MS, (REQUESTS_MAX * 1_000) / requestsPerSecond);
  const streams = [CRITICAL, { cases: BROWSING, requestsPerSecond }];
  const hangUp = async () => {
    await delay(PATIENCE_MS);
    const gateways = GATEWAYS.map((name) => environment.system.process(name));
    await Promise.all(gateways.map((gateway) => gateway.kill()));
  };
  return runLoad(environment, streams, {
    during: () => delay(environment.arm === "on" ? OVERLOAD_MS : boundedMs),
    hangUp,
  });
}

function judge(arm: Arm, calm: Calm, { samples, span, ownLagMs }: LoadRun): void {
  const critical = samples.filter(isCritical);
  const goodput = goodputIn(samples, span);
  const seconds = (span.toMs - span.fromMs) / 1_000;
  const offered = samples.length / seconds;
  print(
    `\n  ${offered.toFixed(0)} requests/s for ${seconds.toFixed(1)} s, ${goodput.toFixed(1)}/s served`,
  );
  reportOwnLag(ownLagMs);
  const p99Ratios = CRITICAL.cases.map(({ route }) => {
    const isOfRoute = (sample: Sample) => sample.case.route === route;
    const before = latencyP99(calm.unloaded.filter(isOfRoute));
    const now = latencyP99(critical.filter(isOfRoute));
    print(`  p99 of ${route}: ${before.toFixed(0)} ms unloaded, ${now.toFixed(0)} ms now`);
    return { what: `p99 of ${route} / unloaded`, value: now / before, target: { atMost: 2 } };
  });
  report(`overload, failure policy ${arm}`, [
    {
      what: `critical writes served, of ${critical.length}`,
      value: servedShare(critical, span),
      target: { atLeast: 0.999 },
    },
    ...p99Ratios,
    { what: "goodput / peak", value: goodput / calm.peakPerSecond, target: { atLeast: 0.95 } },
  ]);
  const unserved = critical.filter((sample) => !isServed(sample));
  for (const sample of unserved.slice(0, SAMPLES_SHOWN_MAX)) {
    const atMs = Math.round(sample.intendedMs - span.fromMs);
    print(`  not served, at ${atMs} ms: ${describeSample(sample)}`);
  }
}

/**
 * Both arms get the same load, ten times what the defended system can serve, and are compared with
 * its figures in calm.
 */
let calm: Calm | undefined;
for (const arm of ARMS) {
  await withEnvironment({ arm, imagesLinkMs: IMAGES_LINK_MS }, async (environment) => {
    calm ??= await measureCalm(environment);
    print(`peak ${calm.peakPerSecond.toFixed(1)}/s`);
    judge(arm, calm, await overload(environment, calm));
  });
}
