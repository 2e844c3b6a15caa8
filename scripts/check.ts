import { spawnSync } from "node:child_process";
import { findContractViolations } from "#contract/check-contract.ts";
import { findGeneratedViolations } from "#contract/check-generated.ts";
import { findPolicyDocumentViolations } from "#contract/check-policy-document.ts";
import { findDocumentViolations } from "#repository/check-documents.ts";
import { findImportViolations } from "#repository/check-imports.ts";
import { findLayoutViolations } from "#repository/check-layout.ts";
import { findWidthViolations } from "#repository/check-line-width.ts";
import { findGuideViolations } from "#repository/check-service-guide.ts";
import { findManifestViolations } from "./check-manifests.ts";

/** Runs a command of the workspace. Returns its output if it failed. */
function run(command: string, ...args: string[]): string[] {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status === 0) return [];
  return [`${command} ${args.join(" ")}`, error?.message ?? "", stdout ?? "", stderr ?? ""].filter(
    (line) => line.trim() !== "",
  );
}

/** The checks of `pnpm check`, in this order. A check returns the violations that it finds. */
const CHECKS: Readonly<Record<string, () => string[] | Promise<string[]>>> = {
  "format and lint": () => run("biome", "check", "--error-on-warnings"),
  types: () => run("tsc", "--project", "."),
  "contract: lint and format": () => [
    ...run("buf", "lint", "protos"),
    ...run("buf", "format", "protos", "--diff", "--exit-code"),
  ],
  "contract: a policy on every method": findContractViolations,
  "contract: its failure policy is explained": () => findPolicyDocumentViolations(),
  "contract: nothing broken since main": () => run("node", "scripts/contract/check-breaking.ts"),
  "contract: generated code is current": findGeneratedViolations,
  "layout of the repository": findLayoutViolations,
  "imports point one way": findImportViolations,
  "comments and Markdown are wrapped": findWidthViolations,
  "manifests of Kubernetes": findManifestViolations,
  "links and names in documents": findDocumentViolations,
  "the guide to a new service is whole": findGuideViolations,
};

let failed = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  const violations = await check();
  process.stdout.write(`${violations.length === 0 ? "ok     " : "FAILED "} ${name}\n`);
  for (const violation of violations)
    process.stdout.write(`${violation.replace(/^/gm, "        ")}\n`);
  if (violations.length > 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
