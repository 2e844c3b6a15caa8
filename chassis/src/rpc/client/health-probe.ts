import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";
import type { Transport } from "#rpc/transport.ts";

/** A healthy callee in the same network answers within a few milliseconds. */
const TIMEOUT_MS = 200;
/** For how long the breakers of all methods share one answer. */
const FRESH_MS = 100;

/**
 * Creates a probe that calls the health service of a callee. Breakers that call it at about the
 * same time share one answer. It never rejects.
 */
export function createHealthProbe(transport: Pick<Transport, "health">): () => Promise<boolean> {
  let askedMs = Number.NEGATIVE_INFINITY;
  let asked: Promise<boolean> = Promise.resolve(false);

  return () => {
    if (performance.now() - askedMs >= FRESH_MS) {
      askedMs = performance.now();
      asked = transport.health(TIMEOUT_MS).then(
        (health) => health !== "not-serving",
        // A callee without a health service counts as serving.
        (thrown) => thrown instanceof RpcError && thrown.code === status.UNIMPLEMENTED,
      );
    }
    return asked;
  };
}
