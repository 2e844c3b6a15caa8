import assert from "node:assert";
import type { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import type { Asker } from "#identity/asker.ts";
import type { Trace } from "./trace/trace.ts";

/**
 * The context of a call: what travels with it through every process that it touches. A handler
 * receives it and passes it on, as an {@link Asker}, to the domain, which passes it on to the
 * clients that it calls, so that the request id, the user's token and what is left of the time go
 * along.
 */
export interface CallContext extends Asker {
  /** Names the request in every log line of every process. */
  readonly requestId: string;
  /**
   * How much the call matters that this one is made for; undefined where no call led to it, as in
   * the gateway.
   */
  readonly criticality?: Criticality | undefined;
  /** Collects the calls that are made for this one, if an operator asked to see them. */
  readonly trace?: Trace | undefined;
}

/**
 * Returns the call that an asker stands for. For `clients/`, which implement a port of the domain:
 * the domain passes on what its handler received, and sees only the asker in it.
 */
export function callContextOf(asker: Asker): CallContext {
  assert("requestId" in asker, "an asker that calls another service comes from a call");
  return asker as CallContext;
}
