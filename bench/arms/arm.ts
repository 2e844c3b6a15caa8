import type { World } from "#world/world.ts";

/** Where an arm runs. */
export interface ArmOptions {
  /** The data that it serves a copy of: what is written is gone when it stops. */
  readonly world: World;
  /** The cores of all its processes, as `taskset --cpu-list` takes them: `0` or `0,1`. */
  readonly cpus?: string;
}

/** A program that is measured: Triptych, or what it is compared with. */
export interface Arm {
  /** What the report calls it: `triptych`, `monolith-batching`. */
  readonly name: string;
  /** Starts it on a free port. Resolves once it answers; rejects with what it printed. */
  start(options: ArmOptions): Promise<RunningArm>;
}

/** An arm that answers requests. */
export interface RunningArm {
  readonly name: string;
  /** The address without a slash at its end: `http://127.0.0.1:40123`. */
  readonly url: string;
  /** The roots of its process trees. All CPU that they and their descendants take is the arm's. */
  readonly pids: readonly number[];
  /** The server process of Postgres, which is a descendant of one of `pids`. */
  readonly postgresPid?: number;
  /**
   * Returns a new access token for each of the first `count` users of the world, in their order.
   * Tokens live for an hour. The sessions are open.
   */
  accessTokens(count: number): Promise<readonly string[]>;
  /** Ends all of its processes, Postgres cleanly. */
  stop(): Promise<void>;
}
