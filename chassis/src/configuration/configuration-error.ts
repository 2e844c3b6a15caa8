/** One setting that is missing or wrong. */
export interface ConfigurationFault {
  /** The environment variable's name. */
  readonly variable: string;
  /**
   * What is wrong with it, as the rest of a sentence that begins with the name. Holds no secret.
   */
  readonly message: string;
}

/**
 * Says everything that is wrong with a process's settings, so that all can be put right at once.
 */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  /** Every fault, in the order of the fields. */
  readonly faults: readonly ConfigurationFault[];

  constructor(faults: readonly ConfigurationFault[]) {
    super(faults.map(({ variable, message }) => `${variable} ${message}.`).join(" "));
    this.faults = faults;
  }
}
