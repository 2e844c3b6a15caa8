import { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { exchange, NoAnswer } from "./http-exchange.ts";

const POLL_MS = 100;
/**
 * The timeout of a probe, as in Kubernetes. After one probe without an answer a gateway gets no new
 * requests.
 */
const PROBE_MS_MAX = 1_000;
/** After this many probes in a row without an answer a gateway counts as dead. */
const MISSES_MAX = 3;

/** A probe ends by its own timeout. */
const NEVER = new AbortController().signal;

/** A gateway, as the load balancer sees it. */
export interface Gateway {
  readonly url: string;
  readonly agent: Agent;
  /** Fires when the gateway counts as dead: its requests in flight are lost. */
  signal(): AbortSignal;
}

/**
 * The load balancer's rotation: probes the readiness of each gateway, as a Kubernetes Service does,
 * and returns the ready ones in turn.
 */
export class GatewayRotation {
  readonly #members: readonly Member[];
  #turn = 0;

  constructor(urls: readonly string[]) {
    this.#members = urls.map((url) => new Member(url));
  }

  /**
   * Returns the next ready gateway other than `tried`. If none is ready, returns one that is not.
   */
  next(tried?: Gateway): Gateway {
    this.#turn += 1;
    const others = this.#members.filter((member) => member !== tried);
    const ready = others.filter(({ isIn }) => isIn);
    const pool = ready.length > 0 ? ready : others;
    return pool[this.#turn % pool.length] as Gateway;
  }

  /** Sends no more requests to a gateway until `letBack`, as before a graceful shutdown. */
  takeOut(url: string): void {
    this.#member(url).takeOut();
  }

  /** Sends requests to a gateway again, once it is ready. */
  letBack(url: string): void {
    this.#member(url).letBack();
  }

  /** Whether a gateway gets requests. */
  isIn(url: string): boolean {
    return this.#member(url).isIn;
  }

  /** Stops the probes, and closes every connection. */
  close(): void {
    for (const member of this.#members) member.close();
  }

  #member(url: string): Member {
    const found = this.#members.find((member) => member.url === url);
    if (found === undefined) throw new Error(`no gateway has the address ${url}`);
    return found;
  }
}

class Member implements Gateway {
  readonly url: string;
  readonly agent = new Agent({ keepAlive: true });
  #isReady = true;
  #isWanted = true;
  #closed = false;
  #misses = 0;
  #dead = new AbortController();

  constructor(url: string) {
    this.url = url;
    void this.#watch();
  }

  get isIn(): boolean {
    return this.#isReady && this.#isWanted;
  }

  signal(): AbortSignal {
    return this.#dead.signal;
  }

  takeOut(): void {
    this.#isWanted = false;
  }

  letBack(): void {
    this.#isWanted = true;
  }

  close(): void {
    this.#closed = true;
    this.agent.destroy();
  }

  async #watch(): Promise<void> {
    while (!this.#closed) {
      await this.#probe();
      await delay(POLL_MS);
    }
  }

  async #probe(): Promise<void> {
    const agent = new Agent({ keepAlive: false });
    try {
      const { status } = await exchange(
        { method: "GET", path: "/readyz", headers: {} },
        { url: this.url, agent, signal: NEVER, timeoutMs: PROBE_MS_MAX },
      );
      this.#misses = 0;
      this.#isReady = status === 200;
    } catch (error) {
      this.#misses += 1;
      const nobodyListens = error instanceof NoAnswer && error.unsent;
      this.#isReady = false;
      if (!nobodyListens && this.#misses === MISSES_MAX) this.#giveUp();
    } finally {
      agent.destroy();
    }
  }

  #giveUp(): void {
    this.#dead.abort(new Error("the gateway does not answer"));
    this.#dead = new AbortController();
  }
}
