/** The exit code of a command that was not understood (`EX_USAGE` of sysexits.h). */
export const EXIT_USAGE = 64;
/** The exit code of a command that was understood and failed. */
export const EXIT_FAILURE = 1;

/**
 * An error that the person at the terminal can correct. The message is one sentence that says what
 * is wrong and what to do.
 */
export class StackError extends Error {
  override readonly name = "StackError";
  readonly exitCode: number;

  constructor(message: string, options: ErrorOptions & { readonly exitCode?: number } = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? EXIT_FAILURE;
  }
}
