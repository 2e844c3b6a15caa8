import { status } from "@grpc/grpc-js";
import type { FieldViolation } from "./failure.ts";

/** What an RPC error tells besides its status. All of it may be shown to the caller. */
export interface RpcErrorDetails {
  /** The stable reason, as `google.rpc.ErrorInfo` carries it. Empty if the callee gave none. */
  readonly reason?: string;
  /** Whose reason it is: `images.triptych`. Empty if the callee gave none. */
  readonly domain?: string;
  /** The dynamic parts of the message. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Every bad field, as `google.rpc.BadRequest` carries them. */
  readonly violations?: readonly FieldViolation[];
  /**
   * How long to wait before asking again, as `google.rpc.RetryInfo` carries it, in milliseconds.
   */
  readonly retryAfterMs?: number;
  /** What led to it; never sent. */
  readonly cause?: unknown;
}

/** An RPC that failed: what a client throws, and what a server sends, on every transport alike. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: status;
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  readonly retryAfterMs: number | undefined;

  constructor(code: status, message: string, details: RpcErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.reason = details.reason ?? "";
    this.domain = details.domain ?? "";
    this.metadata = details.metadata ?? {};
    this.violations = details.violations ?? [];
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Names a status for logs and metrics: `NOT_FOUND`. */
export function statusName(code: status): string {
  return status[code] ?? "UNKNOWN";
}

const CALLEE_FAULTS: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.INTERNAL,
  status.UNKNOWN,
  status.RESOURCE_EXHAUSTED,
]);

/**
 * Says whether an error speaks against the callee's health, and not against what was asked of it.
 */
export function isCalleeFault(thrown: unknown): boolean {
  return !(thrown instanceof RpcError) || CALLEE_FAULTS.has(thrown.code);
}

/** Reasons of a callee that is alive, and says what it does not do now. */
const DELIBERATE_REASONS: ReadonlySet<string> = new Set([
  "READ_ONLY",
  "DEADLINE_TOO_SHORT",
  "DEPENDENCY_UNAVAILABLE",
]);

/**
 * Says whether an error tells nothing of the callee's health: the caller gave up, or the callee is
 * alive and refused on purpose. A RESOURCE_EXHAUSTED with a reason was sent to shed the call;
 * without one it comes from the transport, and is a fault.
 */
export function isNeutral(thrown: unknown): boolean {
  if (!(thrown instanceof RpcError)) return false;
  if (thrown.code === status.CANCELLED || DELIBERATE_REASONS.has(thrown.reason)) return true;
  return thrown.code === status.RESOURCE_EXHAUSTED && thrown.reason !== "";
}

/**
 * Says whether a callee could not be asked, or not in time: what a partial answer may pass over.
 */
export function isUnavailable(thrown: unknown): thrown is RpcError {
  return (
    thrown instanceof RpcError &&
    (CALLEE_FAULTS.has(thrown.code) || thrown.code === status.CANCELLED)
  );
}
