import { readFileSync } from "node:fs";
import { findPolicyDocumentViolations } from "./check-policy-document.ts";

const DOCUMENT = readFileSync("docs/failure-policy.md", "utf8");

function withRow(change: (row: string) => string): string {
  return DOCUMENT.split("\n")
    .map((line) => (line.startsWith("| `GetUser` |") ? change(line) : line))
    .join("\n");
}

describe("the check of the document on the failure policy", () => {
  test("finds nothing wrong with the document as it is", () => {
    expect(findPolicyDocumentViolations()).toEqual([]);
  });

  test("tells the row that should stand there when a number is not the contract's", () => {
    const violations = findPolicyDocumentViolations(
      withRow((row) => row.replace("| 1 s |", "| 2 s |")),
    );
    expect(violations).toEqual([
      expect.stringContaining("no row begins with: | `GetUser` | 1 s |"),
    ]);
  });

  test("misses the reason of a method", () => {
    const violations = findPolicyDocumentViolations(
      withRow((row) => `${row.split("|").slice(0, 10).join("|")}| |`),
    );
    expect(violations).toEqual([expect.stringContaining("says no reason for: | `GetUser` |")]);
  });

  test("finds a row of a method that is gone", () => {
    const violations = findPolicyDocumentViolations(
      withRow((row) => `${row}\n${row.replace("GetUser", "GetPerson")}`),
    );
    expect(violations).toEqual([expect.stringContaining("no method `GetPerson`")]);
  });
});
