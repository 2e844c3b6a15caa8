import { setMaxListeners } from "node:events";
import { type Gateway, GatewayRotation } from "./gateway-rotation.ts";
import { exchange, type HttpAnswer, type HttpRequest, NoAnswer } from "./http-exchange.ts";

/**
 * Longer than the gateway's deadline of any request, except for the bytes of images, of which there
 * are few here.
 */
const ANSWER_MS_MAX = 20_000;
/** Methods that may be sent twice: they are idempotent (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(["GET", "PUT", "DELETE"]);

/** The outcome of a request. */
export interface Outcome {
  /** Undefined if there was no answer: `error` says why. */
  readonly answer?: HttpAnswer;
  readonly error?: string;
  /** How many times it was sent to a server that may have executed it. */
  readonly attempts: number;
}

/**
 * A load balancer in front of the gateways, no cleverer than common ones. It sends each request to
 * a ready gateway. It retries on the other gateway if none took the request, or if the method is
 * idempotent and no answer came.
 */
export class LoadBalancer {
  readonly rotation: GatewayRotation;

  constructor(gatewayUrls: readonly string[]) {
    this.rotation = new GatewayRotation(gatewayUrls);
  }

  /** Sends a request. Never rejects. */
  async send(request: HttpRequest): Promise<Outcome> {
    const first = this.rotation.next();
    const outcome = await this.#try(request, first, 1);
    const { lost } = outcome;
    if (lost === undefined || !(lost.unsent || IDEMPOTENT.has(request.method))) return outcome;
    return await this.#try(request, this.rotation.next(first), lost.unsent ? 1 : 2);
  }

  /** Closes every connection. */
  close(): void {
    this.rotation.close();
  }

  async #try(
    request: HttpRequest,
    gateway: Gateway,
    attempts: number,
  ): Promise<Outcome & { readonly lost?: NoAnswer }> {
    try {
      const { url, agent } = gateway;
      const dead = gateway.signal();
      setMaxListeners(0, dead); // each request in flight listens
      const answer = await exchange(request, {
        url,
        agent,
        signal: dead,
        timeoutMs: ANSWER_MS_MAX,
      });
      return { answer, attempts };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return { error: error.message, attempts, lost: error };
    }
  }
}
