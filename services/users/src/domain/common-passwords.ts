import { readFileSync } from "node:fs";

const LIST = new URL("./common-passwords.txt", import.meta.url);

/** In lower case. 614 of them take 60 kB, read once at start. */
const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  readFileSync(LIST, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#")),
);

/**
 * Returns whether a password is among the commonest. The list holds only those of 12 code points
 * and more, since shorter ones are refused anyway. The head of the list says where it comes from.
 */
export function isCommonPassword(password: string): boolean {
  return COMMON_PASSWORDS.has(password.toLowerCase());
}
