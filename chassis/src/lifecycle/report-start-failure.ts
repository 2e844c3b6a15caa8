import { ConfigurationError } from "#configuration/configuration-error.ts";
import { describeError } from "./describe-error.ts";

/** The process failed, or received a second signal. */
export const EXIT_FAILURE = 1;
/** EX_CONFIG of sysexits.h: a restart without a change would not help. */
const EXIT_CONFIGURATION = 78;

/**
 * Writes to stderr, for people, why a process did not start or failed, and returns its exit code.
 * `failed` follows the process's name.
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
