import { setTimeout as delay } from "node:timers/promises";
import { createSampler, type Load, type Sample, type SampleOptions } from "./open-loop.ts";

/** The options of a closed load. */
export interface ClosedLoopOptions extends SampleOptions {
  readonly clients: number;
  /** Each client starts at most this many requests a second. */
  readonly requestsPerSecondOfEach: number;
}

/**
 * A closed-loop load: each of a few clients sends a request once its last one was answered. A slow
 * machine so gets less of it, and a test that counts lost requests does not depend on its speed.
 */
export function startClosedLoop(options: ClosedLoopOptions): Load {
  const takeSample = createSampler(options);
  const samples: Sample[] = [];
  const intervalMs = 1_000 / options.requestsPerSecondOfEach;
  let stopped = false;

  const client = async () => {
    while (!stopped) {
      const startMs = performance.now();
      const sample = await takeSample(startMs);
      samples.push(sample);
      await delay(Math.max(0, startMs + intervalMs - sample.endedMs));
    }
  };
  const running = Promise.all(Array.from({ length: options.clients }, client));
  return {
    async stop() {
      stopped = true;
      await running;
      return samples;
    },
  };
}
