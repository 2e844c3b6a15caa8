import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";

/** Generates the contract's code again, and finds files that this changes. */
export function findGeneratedViolations(): string[] {
  const before = digests();
  const { status, stderr } = spawnSync("buf", ["generate"], { encoding: "utf8" });
  if (status !== 0) return [`buf generate: ${stderr}`];
  const after = digests();
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${path} was not current; it is now: commit it`);
}

function digests(): Map<string, string> {
  const paths = globSync("protos/gen/**/*.ts").sort();
  return new Map(
    paths.map((path) => [path, createHash("sha256").update(readFileSync(path)).digest("hex")]),
  );
}
