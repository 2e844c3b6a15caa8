import { Api } from "#src/api.ts";
import { type Stack, startStack, type Topology } from "#src/stack-process.ts";
import { accounts } from "./accounts.ts";
import { comments } from "./comments.ts";
import { concurrentLoad } from "./concurrent-load.ts";
import { fairPlaces } from "./fair-places.ts";
import { hostileInput } from "./hostile-input.ts";
import { images } from "./images.ts";
import { isolation } from "./isolation.ts";
import { operations } from "./operations.ts";
import { ownMachine } from "./own-machine.ts";
import type { OwnSystem } from "./system-under-test.ts";

const START_MS_MAX = 180_000;
const REMOTE_SCENARIOS = [accounts, images, comments, hostileInput, operations, concurrentLoad];
const SCENARIOS = [...REMOTE_SCENARIOS, ownMachine, fairPlaces, isolation];

/** Runs the scenarios that need only a URL on a system that runs already. */
export function runScenariosAt(url: string): void {
  for (const scenario of REMOTE_SCENARIOS) scenario({ api: new Api(url) });
}

/** Starts the system in one topology, and runs every scenario on it by its public API. */
export function runScenarios(topology: Topology): void {
  let running: { readonly stack: Stack; readonly api: Api } | undefined;
  const started = () => {
    if (running === undefined) throw new Error("the stack is not running");
    return running;
  };
  const system: OwnSystem = {
    get api() {
      return started().api;
    },
    get stack() {
      return started().stack;
    },
  };

  beforeAll(async () => {
    const stack = await startStack(topology);
    running = { stack, api: new Api(stack.url) };
  }, START_MS_MAX);
  afterAll(async () => {
    await running?.stack.stop();
  }, START_MS_MAX);

  for (const scenario of SCENARIOS) scenario(system);
}
