import { setTimeout as delay } from "node:timers/promises";
import { type LoadOptions, type Sample, startOpenLoop } from "./open-loop.ts";

/** How long the load runs before and after the action. */
const CALM_MS = 400;

/** Acts under load, with some calm before and after. Returns every request. */
export async function whileLoaded(
  options: LoadOptions,
  act: () => Promise<void>,
): Promise<readonly Sample[]> {
  const load = startOpenLoop(options);
  try {
    await delay(CALM_MS);
    await act();
    await delay(CALM_MS);
  } catch (error) {
    await load.stop();
    throw error;
  }
  return await load.stop();
}
