import { spawnSync } from "node:child_process";
import { findContractFaults } from "#contract/check-contract.ts";
import { findGeneratedFaults } from "#contract/check-generated.ts";
import { findPolicyDocumentFaults } from "#contract/check-policy-document.ts";
import { findManifestFaults } from "#k8s/check-manifests.ts";
import { findDocumentFaults } from "#repository/check-documents.ts";
import { findLayoutFaults } from "#repository/check-layout.ts";

/** Runs a command of the workspace. Returns what it printed if it failed. */
function run(command: string, ...args: string[]): string[] {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status === 0) return [];
  return [`${command} ${args.join(" ")}`, error?.message ?? "", stdout ?? "", stderr ?? ""].filter(
    (line) => line.trim() !== "",
  );
}

/** What `pnpm check` asks, in this order. A check gives the faults that it finds. */
const CHECKS: Readonly<Record<string, () => string[] | Promise<string[]>>> = {
  "format and lint": () => run("biome", "check", "--error-on-warnings"),
  types: () => run("tsc", "--project", "."),
  "contract: lint and format": () => [
    ...run("buf", "lint", "protos"),
    ...run("buf", "format", "protos", "--diff", "--exit-code"),
  ],
  "contract: a policy on every method": findContractFaults,
  "contract: its failure policy is explained": () => findPolicyDocumentFaults(),
  "contract: nothing broken since main": () => run("node", "scripts/contract/check-breaking.ts"),
  "contract: generated code is current": findGeneratedFaults,
  "layout of the repository": findLayoutFaults,
  "manifests of Kubernetes": findManifestFaults,
  "links and names in documents": findDocumentFaults,
};

let failed = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  const faults = await check();
  process.stdout.write(`${faults.length === 0 ? "ok     " : "FAILED "} ${name}\n`);
  for (const fault of faults) process.stdout.write(`${fault.replace(/^/gm, "        ")}\n`);
  if (faults.length > 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
