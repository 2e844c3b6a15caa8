import { performance } from "node:perf_hooks";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";

/**
 * How often the event loop's delay is looked at, in milliseconds. Each look wakes the process up,
 * also at rest; the library's 10 ms would be 100 times a second in every process.
 */
const EVENT_LOOP_LOOK_MS = 50;

let registry: Registry | undefined;

/**
 * Gives the metrics of this process: memory, CPU, garbage collection, event loop. They are made at
 * the first call, and once only however many apps the process has: each set of them has an observer
 * and a timer of its own.
 */
export function processMetrics(): Registry {
  registry ??= measureProcess();
  return registry;
}

function measureProcess(): Registry {
  const created = new Registry();
  collectDefaultMetrics({
    register: created,
    eventLoopMonitoringPrecision: EVENT_LOOP_LOOK_MS,
  });
  let last = performance.eventLoopUtilization();
  new Gauge({
    name: "nodejs_eventloop_utilization_ratio",
    help: "The part of the time since the last scrape in which the event loop was busy, 0 to 1.",
    registers: [created],
    collect() {
      const now = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(now, last).utilization);
      last = now;
    },
  });
  return created;
}
