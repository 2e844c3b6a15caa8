/*
 * Errors: where they come from, which layer knows what, and who sees which message.
 *
 * An error has one of four origins. Each is noticed in one layer and has one form there:
 *
 * - The request is wrong. `grpc/requests.ts` reads every field and collects a FieldViolation for
 *   each bad one; they are thrown together, as one Failure with the reason INVALID_ARGUMENT. The
 *   gateway does the same with the violations of its schemas, before it calls anybody.
 * - A rule says no. `domain/` throws a Failure with a reason, `IMAGE_NOT_FOUND`. It knows neither
 *   gRPC nor HTTP.
 * - Something that the service needs is down, or has too much to do. For a database `database/`
 *   throws a DatabaseUnavailable; `databaseFailure` says what a caller is told of it. A callee that
 *   failed is an RpcError in `clients/`, which translates it into a Failure of the own domain, or
 *   lets it pass.
 * - The code is wrong. Any other error, and a reason in no table, is a defect: INTERNAL.
 *
 * On its way to the user an error passes three places:
 *
 * 1. The service's router (`rpc/server/to-rpc-error.ts`) turns it into an RpcError: a status by the
 *    service's `grpc/reason-status.ts`, the reason, the violations, how long to wait. That is all
 *    that crosses the wire, as google.rpc details (`status-details.ts`), on both transports.
 * 2. The caller's client passes a verdict on it (`verdict.ts`): whether it speaks against the
 *    callee, whether to try again, whether an old answer may stand in.
 * 3. The gateway turns it into problem+json (`gateway/src/problems`): code and HTTP status by the
 *    reason, or by the gRPC status if it does not know the reason.
 *
 * Who sees which message:
 *
 * - The message and the metadata of a Failure, and its violations, are for the user. They say what
 *   is wrong and what to do, and hold nothing that the user may not know.
 * - The message of any other error may name an address or a table. It goes into the log of the
 *   process where it happened, with the stack and every cause. The user gets the fixed words of its
 *   code, and the request's id, by which the log is found.
 * - A `cause` never crosses the wire. An error is logged once, where it is answered.
 */

/** One bad field of a request. */
export interface FieldViolation {
  /** The field's path in the message, in the contract's spelling: `page_token`, `image.tags[2]`. */
  readonly field: string;
  /** What is wrong and what to do, for the person who sent it. */
  readonly message: string;
}

/** The optional parts of a failure. */
export interface FailureOptions {
  /** The dynamic parts of the message, by name. They reach the client. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Every bad field, not only the first. */
  readonly violations?: readonly FieldViolation[];
  /** How long a client should wait before it asks again, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The error behind it. It is logged, and never sent. */
  readonly cause?: unknown;
}

/**
 * A rule of a domain says no: a stable reason, and a message that the user may see. Each service's
 * table says which gRPC status a reason has.
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

/** Returns the failure that names every bad field. Its message joins theirs. */
export function invalidFields<R extends string>(
  reason: R,
  violations: readonly FieldViolation[],
): Failure<R> {
  const message = violations.map((violation) => `${violation.field}: ${violation.message}`);
  return new Failure(reason, message.join("; "), { violations });
}

/** Whether a thrown value is a failure, and has one of these reasons if any are given. */
export function isFailure<R extends string>(
  thrown: unknown,
  ...reasons: readonly R[]
): thrown is Failure<R> {
  return (
    thrown instanceof Failure &&
    (reasons.length === 0 || reasons.some((reason) => reason === thrown.reason))
  );
}
