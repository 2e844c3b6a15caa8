import type { Action } from "#command-line/parse-command.ts";
import type { PartStatus } from "#control/control-messages.ts";

/**
 * Something that can be taken away from the running stack and brought back. Each action throws
 * StackError where it makes no sense.
 */
export interface Part extends Readonly<Record<Action, () => Promise<void>>> {
  readonly name: PartStatus["name"];
  /** What it is doing now. */
  status(): PartStatus;
}
