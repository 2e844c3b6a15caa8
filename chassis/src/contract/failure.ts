/** One bad field of a request. */
export interface FieldViolation {
  /** The field's path in the message, in the contract's spelling: `page_token`, `image.tags[2]`. */
  readonly field: string;
  /** What is wrong and what to do, for the person who sent it. */
  readonly message: string;
}

/** What a failure may carry besides its reason and message. */
export interface FailureOptions {
  /** The dynamic parts of the message, by name. They reach the client. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Every bad field, not only the first. */
  readonly violations?: readonly FieldViolation[];
  /** How long a client should wait before it asks again, in milliseconds. */
  readonly retryAfterMs?: number;
  /** What led to it. It is logged, and never reaches the client. */
  readonly cause?: unknown;
}

/**
 * What a `domain/` throws when a rule says no: a stable reason, and a message that may be shown to
 * the client. Any other error that leaves a domain is a defect, and is answered as `INTERNAL`.
 *
 * A failure knows nothing of gRPC or HTTP: each service's table says which status a reason has.
 */
export class Failure<R extends string = string> extends Error {
  override readonly name = "Failure";
  /** The stable code of what happened, `SCREAMING_SNAKE_CASE`: `IMAGE_NOT_FOUND`. */
  readonly reason: R;
  /** The dynamic parts of the message, by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Every bad field; empty unless the request itself was at fault. */
  readonly violations: readonly FieldViolation[];
  /**
   * How long a client should wait before it asks again, in milliseconds; undefined if waiting does
   * not help.
   */
  readonly retryAfterMs: number | undefined;

  constructor(reason: R, message: string, options: FailureOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.reason = reason;
    this.metadata = options.metadata ?? {};
    this.violations = options.violations ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Makes the failure that names every bad field; its message is theirs, joined. */
export function invalidFields<R extends string>(
  reason: R,
  violations: readonly FieldViolation[],
): Failure<R> {
  const message = violations.map((violation) => `${violation.field}: ${violation.message}`);
  return new Failure(reason, message.join("; "), { violations });
}

/** Says whether a thrown value is a failure, and of which of these reasons if any are given. */
export function isFailure<R extends string>(
  thrown: unknown,
  ...reasons: readonly R[]
): thrown is Failure<R> {
  return (
    thrown instanceof Failure &&
    (reasons.length === 0 || reasons.some((reason) => reason === thrown.reason))
  );
}
