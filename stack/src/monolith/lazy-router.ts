import type { Router } from "@triptych/chassis/rpc/server/router";

/**
 * Stands for a router that is made later: services that call one another are made one after the
 * other, and called once all are there.
 */
export function createLazyRouter(get: () => Router): Router {
  return {
    get implementations() {
      return get().implementations;
    },
    unary: (...call) => get().unary(...call),
    serverStream: (...call) => get().serverStream(...call),
    clientStream: (...call) => get().clientStream(...call),
    health: (...call) => get().health(...call),
  };
}
