/** One setting that is missing or wrong. */
export interface SettingViolation {
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
  /** Every violation, in the order of the fields. */
  readonly violations: readonly SettingViolation[];

  constructor(violations: readonly SettingViolation[]) {
    super(violations.map(({ variable, message }) => `${variable} ${message}.`).join(" "));
    this.violations = violations;
  }
}
