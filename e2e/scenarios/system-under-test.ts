import type { Api } from "#src/api.ts";
import type { Stack } from "#src/stack-process.ts";

/** The system under test, known only by its address. Its members can be used within a test. */
export interface SystemUnderTest {
  readonly api: Api;
}

/**
 * A system under test that the suite has started. Its members can be used once it is ready, within
 * a test.
 */
export interface OwnSystem extends SystemUnderTest {
  readonly stack: Stack;
}
