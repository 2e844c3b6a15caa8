import { execFile, spawnSync } from "node:child_process";
import { chmod, copyFile, mkdir, rename } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { copyFromContext } from "./build-context.ts";
import { type Instruction, readDockerfile } from "./read-dockerfile.ts";

/** An image as a folder, with the command of its process. */
export interface BuiltImage {
  /** The image's root folder, without the content of its base. */
  readonly root: string;
  /** The working directory, on this machine. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The user that it runs as; undefined if this process cannot change the user. */
  readonly user: number | undefined;
  /** The program, on this machine. */
  readonly entrypoint: string;
  readonly command: readonly string[];
}

interface BuildStage {
  root: string;
  readonly packageFolder: string;
  folder: string;
  environment: Record<string, string>;
  user: number | undefined;
  entrypoint: readonly string[];
  command: readonly string[];
}

type InstructionHandler = (
  words: string,
  stage: BuildStage,
  all: ReadonlyMap<string, BuildStage>,
) => unknown;

/** The handler of each instruction. Paths in RUN must be relative. */
const INSTRUCTION_HANDLERS: Readonly<Record<string, InstructionHandler>> = {
  FROM: () => {},
  ARG: () => {},
  WORKDIR(words, stage) {
    stage.folder = words;
    return mkdir(placeOf(".", stage), { recursive: true });
  },
  ENV(words, stage) {
    const [name = "", value = ""] = words.split("=");
    stage.environment[name] = value.startsWith("/") ? join(stage.root, value) : value;
  },
  USER(words, stage) {
    // Only root may change the user.
    if (process.getuid?.() === 0) stage.user = Number.parseInt(words, 10);
  },
  ENTRYPOINT(words, stage) {
    stage.entrypoint = JSON.parse(words);
  },
  CMD(words, stage) {
    stage.command = JSON.parse(words);
  },
  RUN: run,
  COPY: copy,
};

/**
 * Emulates `docker build` below a folder: executes the Dockerfile's instructions for a package,
 * with this machine's Node instead of the base image's. Each stage is built at the same path and
 * then moved aside, because Node's compile cache knows modules by their paths.
 *
 * @throws Error at an unknown instruction, and if a command fails.
 */
export async function buildImage(target: string, packageFolder: string): Promise<BuiltImage> {
  const root = join(target, "image");
  const { stages } = await readDockerfile();
  const all = new Map<string, BuildStage>();
  for (const { name, instructions } of stages.slice(0, -1)) {
    const stage = startStage(root, packageFolder);
    await placeNode(stage);
    for (const instruction of instructions) await execute(instruction, stage, all);
    stage.root = join(target, name);
    await rename(root, stage.root);
    all.set(name, stage);
  }
  const stage = startStage(root, packageFolder);
  for (const instruction of stages.at(-1)?.instructions ?? [])
    await execute(instruction, stage, all);
  const { environment, user, entrypoint, command } = stage;
  const program = join(root, entrypoint.join(" "));
  return { root, folder: placeOf(".", stage), environment, user, entrypoint: program, command };
}

function startStage(root: string, packageFolder: string): BuildStage {
  const nothing = { environment: {}, user: undefined, entrypoint: [], command: [] };
  return { root, packageFolder, folder: "/", ...nothing };
}

async function placeNode(stage: BuildStage): Promise<void> {
  const path = placeOf("/usr/local/bin/node", stage);
  await mkdir(dirname(path), { recursive: true });
  await copyFile(process.execPath, path);
  await chmod(path, 0o755);
}

async function execute(
  { name, words }: Instruction,
  stage: BuildStage,
  all: ReadonlyMap<string, BuildStage>,
): Promise<void> {
  const handler = INSTRUCTION_HANDLERS[name];
  if (handler === undefined) throw new Error(`build-image.ts does not know ${name}`);
  await handler(words, stage, all);
}

function run(command: string, stage: BuildStage): void {
  const { root, packageFolder, environment, user } = stage;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
    cwd: placeOf(".", stage),
    env: {
      ...process.env,
      PATH: `${root}/usr/local/bin:${process.env.PATH}`,
      // Takes packages from pnpm's store, which the installation for the tests has filled.
      pnpm_config_prefer_offline: "true",
      PACKAGE: packageFolder,
      ...environment,
    },
    uid: user,
    gid: user,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${command}\nended with ${status}:\n${stdout}${stderr}`);
}

async function copy(
  words: string,
  stage: BuildStage,
  all: ReadonlyMap<string, BuildStage>,
): Promise<void> {
  const expanded = words.replaceAll(/\$\{PACKAGE\}/g, stage.packageFolder);
  const [, from, paths = ""] = /^(?:--from=(\S+) )?(.*)$/.exec(expanded) ?? [];
  const sources = paths.split(" ");
  const to = sources.pop() ?? "";
  for (const source of sources) {
    const target = placeOf(to.endsWith("/") ? join(to, basename(source)) : to, stage);
    if (from === undefined) {
      await copyFromContext(source, target);
    } else {
      const other = all.get(from);
      if (other === undefined) throw new Error(`there is no stage ${from}`);
      await mkdir(dirname(target), { recursive: true });
      // For thousands of small files node:fs takes up to twice as long.
      await promisify(execFile)("cp", ["-RP", placeOf(source, other), target]);
    }
  }
}

/** Returns the path on this machine of a path in the image. */
function placeOf(path: string, stage: BuildStage): string {
  return join(stage.root, resolve(stage.folder, path));
}
