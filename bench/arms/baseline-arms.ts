import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startProgram } from "#processes/child-program.ts";
import { freePort } from "#processes/free-port.ts";
import { answersOk, startPostgres } from "#processes/postgres-program.ts";
import { BASELINE_MAIN } from "#processes/repository.ts";
import { copyFolder, worldFolderAt } from "#world/world-folder.ts";
import type { Arm, ArmOptions, RunningArm } from "./arm.ts";
import { removeCopy, tokenSource, withCopy } from "./arm-data.ts";

/** The baseline: one process and one database, as a careful engineer writes it. */
export const MONOLITH: Arm = baselineArm("monolith", false);

/** The same program, which joins concurrent reads into one statement. */
export const MONOLITH_BATCHING: Arm = baselineArm("monolith-batching", true);

/** As many threads of libuv as Triptych's users service has: passwords are hashed in them. */
const HASHING = { UV_THREADPOOL_SIZE: "8" } as const;

function baselineArm(name: string, batching: boolean): Arm {
  return {
    name,
    start: (options) =>
      withCopy(worldFolderAt(options.world.folder).baseline, (data) =>
        startBaseline({ ...options, name, batching, data }),
      ),
  };
}

interface BaselineOptions extends ArmOptions {
  readonly name: string;
  readonly batching: boolean;
  /** The copy of the Postgres folder. The bytes of images are copied into it. */
  readonly data: string;
}

async function startBaseline(options: BaselineOptions): Promise<RunningArm> {
  const { name, batching, data, world, cpus } = options;
  const paths = worldFolderAt(world.folder);
  const blobs = join(data, "blobs");
  await copyFolder(paths.blobs, blobs);
  const postgres = await startPostgres(data, cpus);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = startProgram({
    name,
    command: [BASELINE_MAIN],
    environment: {
      ...HASHING,
      PORT: String(port),
      DATABASE_URL: postgres.url,
      SIGNING_KEY: await readFile(paths.signingKey, "utf8"),
      BLOBS: blobs,
      LOG_FILE: join(data, "baseline.log"),
      BATCHING: batching ? "on" : "off",
    },
    cpus,
  });
  async function stop(): Promise<void> {
    await program.stop();
    await postgres.program.stop();
    await removeCopy(data);
  }
  await program
    .until(() => answersOk(`${url}/healthz`))
    .catch(async (error) => {
      await stop();
      throw error;
    });
  return {
    name,
    url,
    pids: [program.pid, postgres.program.pid],
    postgresPid: postgres.pid,
    accessTokens: tokenSource(world),
    stop,
  };
}
