import type { FieldViolation } from "@triptych/chassis/contract/failure";
import { RETRY_AFTER_MS } from "@triptych/chassis/contract/retry-after";
import { PROBLEM_KINDS, type ProblemCode } from "./codes.ts";

/** The parts of a problem besides its code. All but the cause reach the client. */
export interface ProblemOptions {
  /** What is wrong with this request. The code's own detail if not given. */
  readonly detail?: string;
  /** Every bad field, spelled as the client does: `tags[2]`, `pageSize`. */
  readonly errors?: readonly FieldViolation[];
  /** Headers of the answer, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the client should wait before it tries again: `Retry-After`. */
  readonly retryAfterMs?: number;
  /** The error behind it: logged, and never sent. */
  readonly cause?: unknown;
}

/** An error that is sent as problem+json (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: readonly FieldViolation[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    const { status, detail } = PROBLEM_KINDS[code];
    const { stackTraceLimit } = Error;
    // Only a defect is logged. The stack of any other is most of its cost: 5 µs.
    if (status !== 500) Error.stackTraceLimit = 0;
    super(options.detail ?? detail, "cause" in options ? { cause: options.cause } : undefined);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.status = status;
    this.errors = options.errors ?? [];
    this.headers = { ...headersOf(status, options.retryAfterMs), ...options.headers };
  }
}

/** Returns an error that is made without a stack, as problems are that show no defect. */
export function withoutStack<E extends Error>(create: () => E): E {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return create();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Creates the problem that names every bad field. */
export function invalidFields(errors: readonly FieldViolation[]): Problem {
  const detail = errors.map(({ field, message }) => `${field} ${message}`).join("; ");
  return new Problem("INVALID_ARGUMENT", { detail: `${detail}.`, errors });
}

/** Too many requests, something is away, or there is no room: statuses with `Retry-After`. */
const WAITING_HELPS: ReadonlySet<number> = new Set([429, 503, 507]);

function headersOf(status: number, retryAfterMs: number | undefined): Record<string, string> {
  if (status === 401) return { "www-authenticate": "Bearer" };
  if (!WAITING_HELPS.has(status)) return {};
  const seconds = Math.ceil((retryAfterMs ?? RETRY_AFTER_MS) / 1000);
  return { "retry-after": String(Math.max(1, seconds)) };
}
