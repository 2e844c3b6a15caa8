import type { PartName } from "./part-names.ts";

/** The states of a part. */
export const PART_STATES = [
  "starting",
  "running",
  "restarting",
  "frozen",
  "stopping",
  "stopped",
] as const;

/** The state of a part. */
export type PartState = (typeof PART_STATES)[number];

/** The status of a part: one line of `stack status`. */
export interface PartStatus {
  readonly name: PartName | "postgres";
  readonly state: PartState;
  /** Undefined for a part without a process of its own. */
  readonly pid?: number;
  /** The address that the part listens on. Undefined for a part that takes no requests. */
  readonly address?: string;
  /** When it entered this state: RFC 3339, UTC. */
  readonly since: string;
  /** How many times the supervisor started it again after a death. */
  readonly restarts: number;
}
