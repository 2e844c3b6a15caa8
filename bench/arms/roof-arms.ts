import { join } from "node:path";
import { type RunningProgram, startProgram } from "#processes/child-program.ts";
import { freePort } from "#processes/free-port.ts";
import { answersOk, startPostgres } from "#processes/postgres-program.ts";
import { ROOFS_FOLDER } from "#processes/repository.ts";
import { worldFolderAt } from "#world/world-folder.ts";
import type { Arm, ArmOptions } from "./arm.ts";
import { removeCopy, tokenSource, withCopy } from "./arm-data.ts";

/** One fastify route with a ready body. It answers an image by id, and a thumb. */
export const BARE_FASTIFY: Arm = bareArm("bare-fastify");

/** Node's HTTP server with a ready buffer. It answers an image by id, and a thumb. */
export const BARE_NODE: Arm = bareArm("bare-node");

/** One named select behind Node's HTTP server. It answers an image by id. */
export const BARE_SELECT: Arm = {
  name: "bare-select",
  start: ({ world, cpus }) =>
    withCopy(worldFolderAt(world.folder).baseline, async (data) => {
      const postgres = await startPostgres(data, cpus);
      async function stop(program: RunningProgram): Promise<void> {
        await program.stop();
        await postgres.program.stop();
        await removeCopy(data);
      }
      const roof = await startRoof("bare-select", { world, cpus, DATABASE_URL: postgres.url });
      const { program, url } = roof;
      return {
        name: "bare-select",
        url,
        pids: [program.pid, postgres.program.pid],
        postgresPid: postgres.pid,
        accessTokens: tokenSource(world),
        stop: () => stop(program),
      };
    }),
};

function bareArm(name: string): Arm {
  return {
    name,
    async start(options) {
      const { program, url } = await startRoof(name, options);
      const { pid, stop } = program;
      return { name, url, pids: [pid], accessTokens: tokenSource(options.world), stop };
    },
  };
}

async function startRoof(
  name: string,
  { world, cpus, ...settings }: ArmOptions & { readonly DATABASE_URL?: string },
): Promise<{ readonly program: RunningProgram; readonly url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = startProgram({
    name,
    command: [join(ROOFS_FOLDER, `${name}.ts`)],
    environment: {
      ...settings,
      PORT: String(port),
      BODY: world.sampleBody,
      THUMB_FILE: join(worldFolderAt(world.folder).blobs, world.sampleThumb),
    },
    cpus,
  });
  await program.until(() => answersOk(`${url}/v1/images/${world.imageIds[0]}`));
  return { program, url };
}
