import type { Caller } from "@triptych/chassis/identity/caller";
import type { Trace } from "@triptych/chassis/rpc/trace/trace";
import { toTraceText } from "@triptych/chassis/rpc/trace/trace-text";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Asks to see which calls an answer is made of, and shows them. */
const EXPLAIN = "x-explain";
const EXPLAIN_ON = "1";
/** Clients take headers of 16 KiB in all, as we do. */
const TREE_BYTES_MAX = 8 * 1024;

/**
 * Says whether a request's calls are to be shown. Anybody but an operator is answered as if they
 * had not asked.
 */
export function asksExplanation({ headers }: FastifyRequest, caller: Caller): boolean {
  return headers[EXPLAIN] === EXPLAIN_ON && caller.kind === "user" && caller.operator;
}

/**
 * Makes the hook that shows an operator the calls that were made for the request, whether it failed
 * or not.
 */
export function createExplainHook(traceOf: (request: FastifyRequest) => Trace | undefined) {
  return async function explain(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const trace = traceOf(request);
    if (trace === undefined) return;
    reply.header(EXPLAIN, toTraceText(trace.calls, TREE_BYTES_MAX));
    // What only an operator may see must not lie in a cache that others are answered from.
    reply.header("cache-control", "no-store");
  };
}
