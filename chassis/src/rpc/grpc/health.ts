import { type handleUnaryCall, Metadata, type Server, type ServiceDefinition } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import type { Router } from "#rpc/server/router.ts";
import { READ_ONLY_HEADER } from "./check-health.ts";

/**
 * The part of a health check's time that the database may take to answer. The rest is for the way:
 * a caller that waits as long as a call may take must not hear of the database too late.
 */
const PING_SHARE = 0.75;
/** The time of a health check without a deadline. */
const CHECK_MS_DEFAULT = 1_000;

interface HealthHandlers {
  readonly check: handleUnaryCall<{ readonly service: string }, unknown>;
}

/**
 * The health service of a server (grpc.health.v1). The empty name stands for the process: whether
 * to send traffic, for a readiness probe. It does not depend on the database, which all replicas
 * share. A service's name stands for the service: whether it can do its work now.
 */
export class Health {
  readonly #router: Router;
  readonly #names: readonly string[];
  readonly #statuses = new HealthImplementation();
  #serving = false;

  constructor(router: Router) {
    this.#router = router;
    this.#names = router.implementations.map(({ service }) => service.typeName);
    this.setServing(false);
  }

  /** Sets whether the process accepts traffic. */
  setServing(serving: boolean): void {
    this.#serving = serving;
    for (const name of ["", ...this.#names]) this.#set(name, serving);
  }

  /** Adds the health service to a server. */
  addTo(server: Server): void {
    const addService = (definition: ServiceDefinition, handlers: HealthHandlers) =>
      server.addService(definition, { ...handlers, check: this.#asked(handlers.check) });
    this.#statuses.addToServer({ addService } as unknown as Server);
  }

  /** Probes a service before the library answers for it. */
  #asked(check: HealthHandlers["check"]): HealthHandlers["check"] {
    return async (call, callback) => {
      const { service } = call.request;
      if (this.#serving && this.#names.includes(service)) {
        const health = await this.#router.health(timeLeftMs(call.getDeadline()) * PING_SHARE);
        this.#set(service, this.#serving && health !== "not-serving");
        if (health === "read-only") call.sendMetadata(readOnlyHeader());
      }
      check(call, callback);
    };
  }

  #set(name: string, serving: boolean): void {
    this.#statuses.setStatus(name, serving ? "SERVING" : "NOT_SERVING");
  }
}

function timeLeftMs(deadline: Date | number): number {
  const leftMs = Number(deadline) - Date.now();
  return Number.isFinite(leftMs) ? leftMs : CHECK_MS_DEFAULT;
}

function readOnlyHeader(): Metadata {
  const header = new Metadata();
  header.set(READ_ONLY_HEADER, "true");
  return header;
}
