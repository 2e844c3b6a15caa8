import { type handleUnaryCall, Metadata, type Server, type ServiceDefinition } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import type { Router } from "#rpc/server/router.ts";
import { READ_ONLY_HEADER } from "./check-health.ts";

/** How long the database may take to answer: less than the callers of a health check wait. */
const PING_TIMEOUT_MS = 150;

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
        const health = await this.#router.health(PING_TIMEOUT_MS);
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

function readOnlyHeader(): Metadata {
  const header = new Metadata();
  header.set(READ_ONLY_HEADER, "true");
  return header;
}
