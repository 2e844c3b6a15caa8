import { Histogram, Registry } from "prom-client";
import { EventCounter } from "./event-counter.ts";
import { LatencyHistogram } from "./latency-histogram.ts";

const BUCKETS = [0.001, 0.01, 1];
const SECONDS = [0.0005, 0.001, 0.002, 0.5, 3];

function registryOf(): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service: "gateway" });
  return registry;
}

/** The lines of a page, each with its labels sorted. */
async function linesOf(registry: Registry): Promise<readonly string[]> {
  const page = await registry.metrics();
  return page
    .trim()
    .split("\n")
    .map((line) =>
      line.replace(/\{(.*)\}/, (_all, labels: string) => `{${labels.split(",").sort().join(",")}}`),
    );
}

describe("a histogram of latencies", () => {
  test("shows the same page as prom-client's own", async () => {
    const options = {
      name: "answer_seconds",
      help: "The time to answer.",
      labelNames: ["route"] as const,
      buckets: BUCKETS,
    };
    const [mine, theirs] = [registryOf(), registryOf()];
    const histogram = new LatencyHistogram({ ...options, registers: [mine] });
    const reference = new Histogram({ ...options, registers: [theirs] });
    for (const route of ["/a", "/b"]) {
      const latencies = histogram.with({ route });
      for (const seconds of SECONDS) {
        latencies.observe(seconds);
        reference.observe({ route }, seconds);
      }
    }
    expect(await linesOf(mine)).toEqual(await linesOf(theirs));
  });
});

describe("a counter of events", () => {
  test("adds what was counted since the last scrape", async () => {
    const registry = registryOf();
    const counter = new EventCounter<"status">({
      name: "answers_total",
      help: "Answers.",
      labelNames: ["status"],
      registers: [registry],
    });
    const [ok, lost] = [counter.with({ status: 200 }), counter.with({ status: 499 })];
    ok.add();
    ok.add();
    lost.add();
    expect(await registry.metrics()).toContain('answers_total{status="200",service="gateway"} 2');
    ok.add();
    expect((await linesOf(registry)).slice(2)).toEqual([
      'answers_total{service="gateway",status="200"} 3',
      'answers_total{service="gateway",status="499"} 1',
    ]);
  });
});
