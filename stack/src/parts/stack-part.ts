import type { PartAction } from "./part-actions.ts";
import type { PartStatus } from "./part-status.ts";

/**
 * Something that can be taken away from the running stack and brought back. Each action throws
 * StackError where it makes no sense.
 */
export interface StackPart extends Readonly<Record<PartAction, () => Promise<void>>> {
  readonly name: PartStatus["name"];
  /** What it is doing now. */
  status(): PartStatus;
}
