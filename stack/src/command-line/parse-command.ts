import { EXIT_USAGE, StackError } from "#errors/stack-error.ts";
import { PART_ACTIONS, type PartAction } from "#parts/part-actions.ts";
import { isPartName, PART_NAMES, type PartName } from "#parts/part-names.ts";

/** A command, as it was read from the words. */
type Command =
  | { readonly kind: "help" }
  | { readonly kind: "start-stack"; readonly monolith: boolean }
  | { readonly kind: "status" }
  | { readonly kind: "act"; readonly action: PartAction; readonly part: PartName };

/** The usage text. */
export const USAGE = `Usage:
  pnpm start [--monolith]      start everything; --monolith runs the services and the gateway as one process
  pnpm stack status            show what runs
  pnpm stack ACTION NAME       ACTION: ${PART_ACTIONS.join(", ")}
                               NAME: ${PART_NAMES.join(", ")}
Environment: PORT (8080; 0 takes a free one), TRIPTYCH_DATA (.data), LOG_LEVEL (info)
`;

/**
 * Reads the words after the program's name. Ignores a literal `--`. Throws StackError with exit
 * code 64.
 */
export function parseCommand(words: readonly string[]): Command {
  const rest = words.filter((word) => word !== "--");
  const options = rest.filter((word) => word.startsWith("-"));
  const [command, name, surplus] = rest.filter((word) => !word.startsWith("-"));
  if (options.includes("--help") || options.includes("-h")) return { kind: "help" };
  if (command === undefined) throw misused("There is no command: say what to do.");
  if (surplus !== undefined) throw misused(`There is a word too many: "${surplus}".`);
  const startsStack = command === "start" && name === undefined;
  const unknown = options.find((option) => !(startsStack && option === "--monolith"));
  if (unknown !== undefined) throw misused(`"${command}" has no option "${unknown}".`);
  if (startsStack) return { kind: "start-stack", monolith: options.length > 0 };
  if (command === "status") {
    if (name === undefined) return { kind: "status" };
    throw misused(`There is a word too many: "${name}".`);
  }
  return parseAction(command, name);
}

function parseAction(command: string, name: string | undefined): Command {
  const action = PART_ACTIONS.find((word) => word === command);
  if (action === undefined) throw misused(`There is no command "${command}".`);
  const names = PART_NAMES.join(", ");
  if (name === undefined) throw misused(`Say what to ${action}: one of ${names}.`);
  if (!isPartName(name)) throw misused(`There is no part "${name}": it is one of ${names}.`);
  return { kind: "act", action, part: name };
}

function misused(sentence: string): StackError {
  return new StackError(`${sentence}\n${USAGE.trimEnd()}`, { exitCode: EXIT_USAGE });
}
