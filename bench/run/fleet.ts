import type { Arm, RunningArm } from "#arms/arm.ts";
import type { Operation } from "#load/load-order.ts";
import type { Scenario } from "#scenarios/scenario.ts";
import type { World } from "#world/world.ts";

/** Users who are signed in. */
const USERS = 200;
/** Tokens live for an hour: they are replaced in time. */
const TOKENS_MS_MAX = 30 * 60_000;

/** An arm that answers, and what is sent to it. */
export class MeasuredArm {
  readonly running: RunningArm;
  readonly #world: World;
  #tokens: readonly string[] = [];
  #tokensSince = Number.NEGATIVE_INFINITY;
  readonly #prepared = new Map<string, readonly Operation[]>();

  constructor(running: RunningArm, world: World) {
    this.running = running;
    this.#world = world;
  }

  /** Returns the operations of a scenario on this arm, with tokens that are valid for a while. */
  async operations(scenario: Scenario): Promise<readonly Operation[]> {
    if (performance.now() - this.#tokensSince > TOKENS_MS_MAX) {
      this.#tokens = await this.running.accessTokens(Math.min(USERS, this.#world.size.users));
      this.#tokensSince = performance.now();
      this.#prepared.clear();
    }
    const known = this.#prepared.get(scenario.name);
    if (known !== undefined) return known;
    const { url } = this.running;
    const operations = await scenario.prepare({ url, world: this.#world, tokens: this.#tokens });
    this.#prepared.set(scenario.name, operations);
    return operations;
  }
}

/** Starts arms, one after the other. If one does not start, those before it are stopped. */
export async function startFleet(
  arms: readonly Arm[],
  { world, cpus }: { readonly world: World; readonly cpus?: string },
  say: (line: string) => void,
): Promise<AsyncDisposable & { readonly arms: readonly MeasuredArm[] }> {
  const started: MeasuredArm[] = [];
  const fleet = {
    arms: started,
    async [Symbol.asyncDispose]() {
      for (const { running } of started.toReversed()) await running.stop();
    },
  };
  try {
    for (const arm of arms) {
      say(`starting ${arm.name}`);
      started.push(new MeasuredArm(await arm.start({ world, cpus }), world));
    }
    return fleet;
  } catch (error) {
    await fleet[Symbol.asyncDispose]();
    throw error;
  }
}
