import { setTimeout as delay } from "node:timers/promises";
import { answersOk } from "./answers-ok.ts";

const POLL_MS = 40;

/** Readiness probe: returns when the URL answers 200. Throws the signal's reason once it fires. */
export async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  while (!(await answersOk("GET", new URL(url)))) await delay(POLL_MS, undefined, { signal });
}
