import { parseArgs } from "node:util";
import { TARGETS, type Target } from "#chaos/system/chaos-targets.ts";
import { FAULTS, type Fault } from "./faults.ts";

/** The selected part of the long form. */
export interface Selection {
  readonly targets: readonly Target[];
  readonly faults: readonly Fault[];
  /** The rate of the load. */
  readonly requestsPerSecond: number;
  /** Whether the logs and the databases stay for inspection. */
  readonly keepData: boolean;
  /** Whether everything is run, so that the matrix may be written. */
  readonly isWhole: boolean;
}

/** The usage text. */
export const USAGE = `pnpm chaos [--target NAME]… [--fault NAME]… [--rate REQUESTS_PER_SECOND] [--keep-data]

  --target  ${TARGETS.join(", ")}
  --fault   ${FAULTS.join(", ")}
  --rate    from 1 to 500
  --keep-data   leaves the logs and the databases behind, and says where

Without --target and --fault every fault of every part is run, and docs/failure-matrix.md is written.
`;

const RATE_DEFAULT = 50;
const RATE_MAX = 500;

/** The words were not understood. The message says which, and what is allowed. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Reads the words after the program's name. Throws UsageError. */
export function parseSelection(words: readonly string[]): Selection {
  const { target = [], fault = [], rate = String(RATE_DEFAULT), ...flags } = read(words);
  const requestsPerSecond = /^\d{1,3}$/.test(rate) ? Number(rate) : 0;
  if (requestsPerSecond < 1 || requestsPerSecond > RATE_MAX) {
    throw new UsageError(`--rate must be a whole number from 1 to ${RATE_MAX}, not "${rate}"`);
  }
  return {
    targets: pick("--target", target, TARGETS),
    faults: pick("--fault", fault, FAULTS),
    requestsPerSecond,
    keepData: flags["keep-data"] ?? false,
    isWhole: target.length === 0 && fault.length === 0,
  };
}

function read(words: readonly string[]) {
  const options = {
    target: { type: "string", multiple: true },
    fault: { type: "string", multiple: true },
    rate: { type: "string" },
    "keep-data": { type: "boolean" },
  } as const;
  try {
    const args = words.filter((word) => word !== "--"); // pnpm passes it on
    return parseArgs({ args, options, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Returns the named ones, in their usual order; all if none was named. */
function pick<T extends string>(
  option: string,
  named: readonly string[],
  all: readonly T[],
): readonly T[] {
  const unknown = named.find((word) => !all.some((one) => one === word));
  if (unknown !== undefined) {
    throw new UsageError(`${option} must be one of ${all.join(", ")}, not "${unknown}"`);
  }
  return named.length === 0 ? all : all.filter((one) => named.includes(one));
}
