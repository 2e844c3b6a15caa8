import type { Api } from "#src/api.ts";
import type { Stack } from "#src/stack-process.ts";

/** A system of which nothing is known but its address. Its member can be used within a test. */
export interface SystemUnderTest {
  readonly api: Api;
}

/**
 * A system of the suite's own. Its members can be used once the stack has started, within a test.
 */
export interface OwnSystem extends SystemUnderTest {
  readonly stack: Stack;
}
