import { PROBLEM_KINDS, type ProblemCode } from "./codes.ts";

/** One bad field, as the client spells it: `tags[2]`, `pageSize`. */
export interface BadField {
  readonly field: string;
  readonly message: string;
}

/** What a problem may say besides its code. All of it reaches the client, but for the cause. */
export interface ProblemOptions {
  /** What is wrong this time. The code's own detail if not given. */
  readonly detail?: string;
  /** Every bad field. */
  readonly errors?: readonly BadField[];
  /** Headers of the answer, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the client should wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** What led to it: logged, and told to nobody. */
  readonly cause?: unknown;
}

/** What a client waits before it asks again if nothing better is known, in milliseconds. */
const RETRY_AFTER_MS_DEFAULT = 1_000;

/** An error that is answered as problem+json. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: readonly BadField[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    const { status, detail } = PROBLEM_KINDS[code];
    super(options.detail ?? detail, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = status;
    this.errors = options.errors ?? [];
    this.headers = { ...headersOf(status, options.retryAfterMs), ...options.headers };
  }
}

/** Makes the problem that names every bad field. */
export function badFields(errors: readonly BadField[]): Problem {
  const detail = errors.map(({ field, message }) => `${field} ${message}`).join("; ");
  return new Problem("INVALID_ARGUMENT", { detail: `${detail}.`, errors });
}

function headersOf(status: number, retryAfterMs: number | undefined): Record<string, string> {
  if (status === 401) return { "www-authenticate": "Bearer" };
  if (status !== 429 && status !== 503) return {};
  const seconds = Math.ceil((retryAfterMs ?? RETRY_AFTER_MS_DEFAULT) / 1000);
  return { "retry-after": String(Math.max(1, seconds)) };
}
