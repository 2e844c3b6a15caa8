import { performance } from "node:perf_hooks";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { standardOutput } from "./log-output.ts";

/**
 * The interval at which the event loop's lag is sampled. Each sample wakes the process, also at
 * rest. The library's default of 10 ms would do so 100 times a second, in every process.
 */
const EVENT_LOOP_SAMPLE_MS = 50;

let registry: Registry | undefined;

/**
 * Returns the metrics of this process: memory, CPU, garbage collection, event loop, log. They are
 * created by the first call, once for all apps of the process, since each set needs an observer and
 * a timer.
 */
export function processMetrics(): Registry {
  registry ??= measureProcess();
  return registry;
}

function measureProcess(): Registry {
  const created = new Registry();
  collectDefaultMetrics({
    register: created,
    eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLE_MS,
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
  new Counter({
    name: "log_lines_dropped_total",
    help: "Lines of the log that could not be written: the disk was full, or nobody read them.",
    registers: [created],
    collect() {
      this.reset();
      this.inc(standardOutput.dropped);
    },
  });
  return created;
}
