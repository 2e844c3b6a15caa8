import { startStack } from "#processes/stack-program.ts";
import { worldFolderAt } from "#world/world-folder.ts";
import type { Arm } from "./arm.ts";
import { removeCopy, tokenSource, withCopy } from "./arm-data.ts";

/** Triptych as it is deployed: a process for each service, and the gateway. */
export const TRIPTYCH: Arm = triptychArm("triptych", false);

/** Triptych with everything in one process. */
export const TRIPTYCH_MONOLITH: Arm = triptychArm("triptych-monolith", true);

function triptychArm(name: string, monolith: boolean): Arm {
  return {
    name,
    start: ({ world, cpus }) =>
      withCopy(worldFolderAt(world.folder).triptych, async (data) => {
        const { url, program, postgresPid } = await startStack({ data, monolith, cpus });
        return {
          name,
          url,
          pids: [program.pid],
          postgresPid,
          accessTokens: tokenSource(world),
          async stop() {
            await program.stop();
            await removeCopy(data);
          },
        };
      }),
  };
}
