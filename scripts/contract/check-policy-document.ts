import { readFileSync } from "node:fs";
import type { DescService } from "@bufbuild/protobuf";
import { SERVICES } from "./contract-services.ts";
import { POLICY_HEAD, policyRow } from "./policy-rows.ts";

const DOCUMENT = "docs/failure-policy.md";

/**
 * Finds rows of the document on the failure policy that differ from the contract, or have no
 * reason.
 */
export function findPolicyDocumentViolations(
  text: string = readFileSync(DOCUMENT, "utf8"),
  services: readonly DescService[] = SERVICES,
): string[] {
  const lines = text.split("\n");
  const rows = services.flatMap(({ methods }) => methods.map(policyRow));
  const missing = rows
    .filter((row) => !lines.some((line) => line.startsWith(row)))
    .map((row) => `${DOCUMENT}: no row begins with: ${row}`);
  const unreasoned = rows
    .filter((row) => lines.some((line) => line.startsWith(row) && reasonOf(line, row) === ""))
    .map((row) => `${DOCUMENT}: says no reason for: ${row}`);
  const known = new Set(services.flatMap(({ methods }) => methods.map(({ name }) => name)));
  const surplus = tableRows(lines)
    .filter((line) => !known.has(methodOf(line)))
    .map((line) => `${DOCUMENT}: the contract has no method \`${methodOf(line)}\``);
  return [...missing, ...unreasoned, ...surplus];
}

function reasonOf(line: string, row: string): string {
  return line.slice(row.length).replace(/\|/g, "").trim();
}

/** The rows below each head of a table of policies. */
function tableRows(lines: readonly string[]): string[] {
  let inside = false;
  return lines.filter((line) => {
    if (line.startsWith(POLICY_HEAD)) inside = true;
    else if (!line.startsWith("|")) inside = false;
    return inside && /^\| `/.test(line);
  });
}

function methodOf(line: string): string {
  return /^\| `([^`]*)`/.exec(line)?.[1] ?? "";
}
