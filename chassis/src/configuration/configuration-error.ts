/** One setting that is missing or wrong. */
export interface SettingViolation {
  /** The environment variable's name. */
  readonly variable: string;
  /**
   * What is wrong. Continues a sentence that begins with the variable's name. Holds no secret.
   */
  readonly message: string;
}

/** A process's settings are wrong. Names every violation, so that all can be corrected at once. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  /** In the order of the fields. */
  readonly violations: readonly SettingViolation[];

  constructor(violations: readonly SettingViolation[]) {
    super(violations.map(({ variable, message }) => `${variable} ${message}.`).join(" "));
    this.violations = violations;
  }
}
