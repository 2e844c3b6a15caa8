import { ConfigurationError } from "#configuration/configuration-error.ts";
import { describeError } from "./describe-error.ts";

/** A process that failed, or was told to end a second time. */
export const EXIT_FAILURE = 1;
/** EX_CONFIG of sysexits.h: starting again without a change would not help. */
const EXIT_CONFIGURATION = 78;

/**
 * Writes on stderr, for people, why a process does not do what it was started for, and gives the
 * exit code. `failed` follows the process's name.
 */
export function reportStartFailure(name: string, error: unknown, failed = "cannot start"): number {
  if (error instanceof ConfigurationError) {
    const sentences = error.violations.map(
      ({ variable, message }) => `  ${variable} ${message}.\n`,
    );
    process.stderr.write(`${name} cannot start with these settings:\n${sentences.join("")}`);
    return EXIT_CONFIGURATION;
  }
  process.stderr.write(`${name} ${failed}: ${describeError(error)}.\n`);
  return EXIT_FAILURE;
}
