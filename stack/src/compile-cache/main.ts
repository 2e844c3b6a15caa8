/**
 * Fills the compile cache before the supervisor starts, so that the supervisor need not load the
 * compiler that strips types either.
 */
import { NODE_OPTIONS } from "#processes/child-process.ts";
import { fillCompileCache } from "./compile-cache.ts";

await fillCompileCache(NODE_OPTIONS);
