import { setMaxListeners } from "node:events";
import { type Gateway, GatewayRotation } from "./gateway-rotation.ts";
import { exchange, type HttpAnswer, type HttpRequest, NoAnswer } from "./http-exchange.ts";

/**
 * Longer than any request's budget at the gateway but that for bytes, of which there are few here.
 */
const ANSWER_MS_MAX = 20_000;
/** Methods that may be sent twice (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(["GET", "PUT", "DELETE"]);

/** What became of a request. */
export interface Outcome {
  /** Undefined if none came: `error` says why. */
  readonly answer?: HttpAnswer;
  readonly error?: string;
  /** How often it was sent to somebody who may have done it. */
  readonly attempts: number;
}

/**
 * The balancer in front of the gateways, no cleverer than those that people use: it sends each
 * request to a gateway that says it is ready, and once more to the other one if nobody took it, or
 * if it may be sent twice and no answer came.
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
      setMaxListeners(0, dead); // each request under way listens
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
