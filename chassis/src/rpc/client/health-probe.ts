import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";
import type { Transport } from "#rpc/transport.ts";

/** A neighbour that is up answers in a few milliseconds; one that does not is not back. */
const TIMEOUT_MS = 200;
/**
 * An answer holds for so long, for the breakers of all methods: a dead callee is asked by few. In
 * milliseconds.
 */
const FRESH_MS = 100;

/**
 * Makes a probe that asks a callee's health service, once for all who ask at about the same time.
 */
export function createHealthProbe(transport: Pick<Transport, "health">): () => Promise<boolean> {
  let askedMs = Number.NEGATIVE_INFINITY;
  let asked: Promise<boolean> = Promise.resolve(false);

  return () => {
    if (performance.now() - askedMs >= FRESH_MS) {
      askedMs = performance.now();
      asked = transport.health(TIMEOUT_MS).then(
        (health) => health !== "not-serving",
        // One without a health service has to be tried.
        (thrown) => thrown instanceof RpcError && thrown.code === status.UNIMPLEMENTED,
      );
    }
    return asked;
  };
}
