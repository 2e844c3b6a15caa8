import { DOWNLOADS } from "./bytes.ts";
import { MIX } from "./mix.ts";
import { READS } from "./reads.ts";
import type { Scenario } from "./scenario.ts";
import { WRITES } from "./writes.ts";

/** All scenarios, in the order in which they are measured. */
export const SCENARIOS: readonly Scenario[] = [...READS, ...DOWNLOADS, ...WRITES, MIX];
