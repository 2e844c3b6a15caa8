import type { Socket } from "node:net";
import type { StreamLimits } from "@triptych/chassis/contract/method-policy";
import { NOT_WAITING, TimeWheel, type WheelEntry } from "@triptych/chassis/rpc/time-wheel";
import { Problem } from "#problems/problem.ts";

/** How often the pace is looked at while a client is waited for. */
const LOOK_MS = 1_000;
const wheel = new TimeWheel();

/**
 * The pace of a client that sends a body: how long it is silent, and how many bytes it brings in a
 * time. Only the time in which the client is waited for counts, and not that in which its bytes
 * wait for us. A slow client may take as long as the contract lets a stream last.
 */
export class ClientPace implements WheelEntry {
  dueMs = NOT_WAITING;
  readonly #socket: Pick<Socket, "bytesRead">;
  readonly #limits: StreamLimits;
  readonly #wheel: Pick<TimeWheel, "add" | "remove">;
  readonly #now: () => number;
  #late: PromiseWithResolvers<never> | undefined;
  /** The bytes when they last grew, and when that was. */
  #bytes: number;
  #progressMs = 0;
  /** The bytes at the beginning of the window, and the time that was waited in it. */
  #windowBytes: number;
  #windowMs = 0;
  #lookedMs = 0;

  constructor(
    socket: Pick<Socket, "bytesRead">,
    limits: StreamLimits,
    clock: { readonly wheel: Pick<TimeWheel, "add" | "remove">; readonly now: () => number } = {
      wheel,
      now: () => performance.now(),
    },
  ) {
    this.#socket = socket;
    this.#limits = limits;
    this.#wheel = clock.wheel;
    this.#now = clock.now;
    this.#bytes = socket.bytesRead;
    this.#windowBytes = socket.bytesRead;
  }

  /**
   * Waits for what the client sends next.
   *
   * @throws Problem REQUEST_TIMEOUT if it is silent or slow for too long.
   */
  async wait<T>(next: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    this.#late = late;
    this.#progressMs = this.#now();
    this.#lookedMs = this.#progressMs;
    this.#wheel.add(this, LOOK_MS);
    try {
      return await Promise.race([next, late.promise]);
    } finally {
      this.#look();
      this.#wheel.remove(this);
    }
  }

  /** Iterates over what the client sends. Throws as {@link wait} does. */
  async *each<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
    try {
      for (
        let next = await this.wait(source.next());
        !next.done;
        next = await this.wait(source.next())
      ) {
        yield next.value;
      }
    } finally {
      // Not awaited: a source that hangs in next() runs its return() only afterwards.
      void source.return(undefined).catch(() => undefined);
    }
  }

  /** Called by the wheel. */
  onDue(): void {
    const nowMs = this.#look();
    const { silenceMs, rateMin, rateWindowMs } = this.#limits;
    const isSilent = nowMs - this.#progressMs >= silenceMs;
    const isWindowOver = rateMin > 0 && this.#windowMs >= rateWindowMs;
    const bytes = this.#bytes - this.#windowBytes;
    if (isSilent || (isWindowOver && bytes < (rateMin * this.#windowMs) / 1_000)) {
      this.#late?.reject(tooSlow(this.#limits));
      return;
    }
    if (isWindowOver) {
      this.#windowBytes = this.#bytes;
      this.#windowMs = 0;
    }
    this.#wheel.add(this, LOOK_MS);
  }

  #look(): number {
    const nowMs = this.#now();
    const { bytesRead } = this.#socket;
    if (bytesRead > this.#bytes) this.#progressMs = nowMs;
    this.#bytes = bytesRead;
    this.#windowMs += nowMs - this.#lookedMs;
    this.#lookedMs = nowMs;
    return nowMs;
  }
}

function tooSlow({ silenceMs, rateMin, rateWindowMs }: StreamLimits): Problem {
  const detail = `A client may be silent for ${silenceMs / 1_000} s, and must send ${rateMin} bytes a second over ${rateWindowMs / 1_000} s.`;
  return new Problem("REQUEST_TIMEOUT", { detail });
}
