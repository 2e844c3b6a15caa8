import type { Arm } from "./arm.ts";
import { MONOLITH, MONOLITH_BATCHING } from "./baseline-arms.ts";
import { BARE_FASTIFY, BARE_NODE, BARE_SELECT } from "./roof-arms.ts";
import { TRIPTYCH, TRIPTYCH_MONOLITH } from "./triptych-arms.ts";

/** The arms that answer every measured route. */
export const ARMS: readonly Arm[] = [MONOLITH, MONOLITH_BATCHING, TRIPTYCH, TRIPTYCH_MONOLITH];

/** The arms that answer an image by its id, and nothing around it. */
export const ROOFS: readonly Arm[] = [BARE_FASTIFY, BARE_NODE, BARE_SELECT];
