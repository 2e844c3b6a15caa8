import type { PartName } from "./part-names.ts";

/** What a part is doing. */
export type PartState = "starting" | "running" | "restarting" | "frozen" | "stopping" | "stopped";

/** One line of `stack status`. */
export interface PartStatus {
  readonly name: PartName | "postgres";
  readonly state: PartState;
  /** Undefined where no process of its own runs. */
  readonly pid?: number;
  /** Where it answers, as far as anyone may ask there. */
  readonly address?: string;
  /** Since when it has been in this state: RFC 3339, UTC. */
  readonly since: string;
  /** How often it died and was started again by the supervisor. */
  readonly restarts: number;
}
