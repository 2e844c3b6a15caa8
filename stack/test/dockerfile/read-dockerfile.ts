import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_FOLDER } from "#settings/repository-folder.ts";

/** A line of a Dockerfile, joined with those that go on from it. */
export interface Instruction {
  /** `COPY` */
  readonly name: string;
  /** What follows it. */
  readonly words: string;
}

/** A stage of a Dockerfile: a FROM, and what follows until the next. */
export interface Stage {
  /** What the FROM calls it; empty if it does not. */
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** A Dockerfile, read. */
export interface Dockerfile {
  /** What stands before the first FROM. */
  readonly head: readonly Instruction[];
  readonly stages: readonly Stage[];
}

/** Reads the Dockerfile of this repository. */
export async function readDockerfile(): Promise<Dockerfile> {
  const text = await readFile(join(REPOSITORY_FOLDER, "Dockerfile"), "utf8");
  const lines = text.replace(/^\s*#.*\n/gm, "").replace(/\\\n\s*/g, "");
  const head: Instruction[] = [];
  const stages: { readonly name: string; readonly instructions: Instruction[] }[] = [];
  for (const line of lines.split("\n").filter((one) => one !== "")) {
    const [, name = "", words = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (name === "FROM") {
      const [, stage = ""] = / AS ([a-z]+)$/.exec(words) ?? [];
      stages.push({ name: stage, instructions: [] });
    }
    (stages.at(-1)?.instructions ?? head).push({ name, words });
  }
  return { head, stages };
}
