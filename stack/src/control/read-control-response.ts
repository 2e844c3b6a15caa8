import { PART_NAMES } from "#parts/part-names.ts";
import { PART_STATES, type PartStatus } from "#parts/part-status.ts";
import type { ControlResponse } from "./control-messages.ts";

/** A part that is no part of a request: the server of the databases. */
const STATUS_NAMES = [...PART_NAMES, "postgres"] as const;

/**
 * Reads a response out of its text. Returns undefined if it is none: the port of a stack that was
 * killed may belong to another program by now.
 */
export function readControlResponse(text: string): ControlResponse | undefined {
  const value = parse(text);
  if (!isRecord(value)) return undefined;
  const { ok, message, parts } = value;
  if (ok === false && typeof message === "string") return { ok, message };
  if (ok === true && Array.isArray(parts) && parts.every(isPartStatus)) return { ok, parts };
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // cut, or of another program
  }
}

function isPartStatus(value: unknown): value is PartStatus {
  if (!isRecord(value)) return false;
  const { name, state, pid, address, since, restarts } = value;
  return (
    STATUS_NAMES.some((one) => one === name) &&
    PART_STATES.some((one) => one === state) &&
    (pid === undefined || Number.isSafeInteger(pid)) &&
    (address === undefined || typeof address === "string") &&
    typeof since === "string" &&
    !Number.isNaN(Date.parse(since)) &&
    Number.isSafeInteger(restarts)
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
