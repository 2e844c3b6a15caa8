import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Compares the contract with the one that main held before. buf builds an image of that one from a
 * detached checkout, since git does not contain the module in node_modules.
 */
function main(): number {
  const base = findBase();
  if (base === undefined) {
    process.stdout.write("there is no earlier contract to compare with\n");
    return 0;
  }
  const scratch = mkdtempSync(join(tmpdir(), "triptych-breaking-"));
  const worktree = join(scratch, "main");
  const image = join(scratch, "main.binpb");
  try {
    run("git", ["worktree", "add", "--detach", "--quiet", worktree, base]);
    if (!existsSync(join(worktree, "buf.yaml"))) return 0;
    symlinkSync(resolve("node_modules"), join(worktree, "node_modules"));
    run("buf", ["build", "protos", "--output", image], worktree);
    const { status, stdout, stderr } = spawnSync(
      "buf",
      ["breaking", "protos", "--against", image],
      {
        encoding: "utf8",
      },
    );
    process.stdout.write(stdout + stderr);
    return status ?? 1;
  } finally {
    spawnSync("git", ["worktree", "remove", "--force", worktree]);
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * The commit to compare with: the point where this branch left main, or the parent if main contains
 * this commit. Undefined in a first commit, a shallow clone, or outside of git.
 */
function findBase(): string | undefined {
  const head = git(["rev-parse", "--verify", "--quiet", "HEAD"]);
  const published = ["origin/main", "main"].map((main) => git(["merge-base", "HEAD", main]));
  const base =
    published.find((commit) => commit !== undefined && commit !== head) ??
    git(["rev-parse", "--verify", "--quiet", "HEAD~1"]);
  const holdsContract = base && git(["cat-file", "-t", `${base}:protos/policy/v1/policy.proto`]);
  return holdsContract ? base : undefined;
}

function git(args: string[]): string | undefined {
  const { status, stdout } = spawnSync("git", args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

function run(command: string, args: string[], cwd?: string): void {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8", cwd });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
}

process.exitCode = main();
