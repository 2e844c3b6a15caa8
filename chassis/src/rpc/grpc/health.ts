import { type handleUnaryCall, Metadata, type Server, type ServiceDefinition } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import type { Router } from "#rpc/server/router.ts";
import { READ_ONLY_HEADER } from "./check-health.ts";

/** How long the database may take to answer, in milliseconds; less than whoever asks waits. */
const PING_TIMEOUT_MS = 150;

interface HealthHandlers {
  readonly check: handleUnaryCall<{ readonly service: string }, unknown>;
}

/**
 * The health service of a server (grpc.health.v1). The empty name tells whether to send traffic, as
 * a readiness probe asks it, and does not depend on a database that all replicas share; a service's
 * name tells whether it can do its work now.
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

  /** Says whether the process takes traffic. */
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

  /** Finds out how a service is before the library tells. */
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
