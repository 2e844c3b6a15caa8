import type { Api } from "#src/api.ts";
import type { Stack } from "#src/stack-process.ts";

/** What a scenario is played on. Its members can be used once the stack has started, within a test. */
export interface System {
  readonly api: Api;
  readonly stack: Stack;
}
