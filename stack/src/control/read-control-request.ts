import { timingSafeEqual } from "node:crypto";
import { PART_ACTIONS } from "#parts/part-actions.ts";
import { PART_NAMES } from "#parts/part-names.ts";
import type { ControlRequest } from "./control-messages.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a request out of the bytes of a line. Returns undefined if they are not UTF-8 or JSON, have
 * a wrong token, or name an unknown command or part. Throws nothing, whatever the bytes are.
 */
export function readControlRequest(line: Buffer, token: string): ControlRequest | undefined {
  const value = parse(line);
  if (typeof value !== "object" || value === null) return undefined;
  // An own member only: one named `__proto__` in the text is an own member too.
  const members = new Map<string, unknown>(Object.entries(value));
  if (!isSame(members.get("token"), token)) return undefined;
  const command = members.get("command");
  if (command === "status") return { command };
  const action = PART_ACTIONS.find((word) => word === command);
  const part = PART_NAMES.find((name) => name === members.get("part"));
  return action !== undefined && part !== undefined ? { command: action, part } : undefined;
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(line));
  } catch {
    return undefined; // a browser or a port scanner
  }
}

/** Compares in a time that depends on the lengths only. */
function isSame(received: unknown, expected: string): boolean {
  if (typeof received !== "string") return false;
  const [left, right] = [Buffer.from(received), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
