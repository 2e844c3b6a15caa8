import type { Router } from "@triptych/chassis/rpc/server/router";

/**
 * A lazy router: stands for a router that is created later. Services that call one another are
 * created one by one, and called once all exist.
 */
export function createLazyRouter(get: () => Router): Router {
  return {
    get implementations() {
      return get().implementations;
    },
    open: (...call) => get().open(...call),
    unary: (...call) => get().unary(...call),
    serverStream: (...call) => get().serverStream(...call),
    clientStream: (...call) => get().clientStream(...call),
    health: (...call) => get().health(...call),
  };
}
