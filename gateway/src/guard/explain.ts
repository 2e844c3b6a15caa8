import type { Caller } from "@triptych/chassis/identity/caller";
import { toTraceText } from "@triptych/chassis/rpc/trace/trace-text";
import type { FastifyRequest, onSendHookHandler } from "fastify";

/** The header that requests the trace of an answer, and carries it back. */
const EXPLAIN = "x-explain";
const EXPLAIN_ON = "1";
/** Clients take headers of 16 KiB in all, as we do. */
const TRACE_BYTES_MAX = 8 * 1024;

/**
 * Whether a request's calls are to be shown. The header of anybody but an operator is passed over.
 */
export function asksExplanation({ headers }: FastifyRequest, caller: Caller): boolean {
  return headers[EXPLAIN] === EXPLAIN_ON && caller.kind === "user" && caller.operator;
}

/**
 * A hook that shows an operator the trace: the calls that were made for the request, whether it
 * failed or not.
 */
export const explain: onSendHookHandler = function explain(request, reply, _payload, done) {
  const { trace } = request.state;
  if (trace !== undefined) {
    reply.header(EXPLAIN, toTraceText(trace.calls, TRACE_BYTES_MAX));
    // Only an operator may see it: a shared cache would show it to others.
    reply.header("cache-control", "no-store");
  }
  done();
};
