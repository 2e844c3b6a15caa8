import { get } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 40;
const ANSWER_MS_MAX = 1_000;

/** Returns when the url answers 200. Throws the signal's reason once it fires. */
export async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  while (!(await answersOk(url, signal))) await delay(POLL_MS, undefined, { signal });
}

function answersOk(url: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal, timeout: ANSWER_MS_MAX }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false)); // it does not listen yet
  });
}
