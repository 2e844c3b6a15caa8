import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_FOLDER } from "#settings/repository-folder.ts";

/** An instruction of a Dockerfile, joined with its continuation lines. */
export interface Instruction {
  /** `COPY` */
  readonly name: string;
  /** The rest of the line. */
  readonly words: string;
}

/** A stage of a Dockerfile: a FROM, and the instructions until the next. */
export interface Stage {
  /** The name in its FROM; empty if there is none. */
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** A parsed Dockerfile. */
export interface Dockerfile {
  /** The parser directives at its top: `syntax=docker/dockerfile:1`. */
  readonly directives: readonly string[];
  /** The instructions before the first FROM. */
  readonly head: readonly Instruction[];
  readonly stages: readonly Stage[];
}

/** Reads the Dockerfile of this repository. */
export async function readDockerfile(): Promise<Dockerfile> {
  const text = await readFile(join(REPOSITORY_FOLDER, "Dockerfile"), "utf8");
  const [, top = ""] = /^((?:#\s*[a-z]+\s*=.*\n)*)/.exec(text) ?? [];
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
  const directives = top.split("\n").filter((line) => line !== "");
  return { directives, head, stages };
}
