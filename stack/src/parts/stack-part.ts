import type { PartAction } from "./part-actions.ts";
import type { PartStatus } from "./part-status.ts";

/**
 * A part of the running stack: it can be taken away and brought back. Each action throws StackError
 * in a state where it makes no sense.
 */
export interface StackPart extends Readonly<Record<PartAction, () => Promise<void>>> {
  readonly name: PartStatus["name"];
  /** Returns its present state. */
  status(): PartStatus;
}
