import type { Socket } from "node:net";
import type { LinkMode } from "./link-mode.ts";

/** The controls of one direction. */
interface PumpOptions {
  readonly mode: () => LinkMode;
  /** Calls the listener at each change. Returns a function that removes it. */
  readonly onModeChange: (listener: () => void) => () => void;
  /** Called before a chunk is forwarded. May end the connection. */
  readonly onChunk: () => void;
}

/** Forwards the bytes of `from` to `to`, in order, by the present mode. */
export function pump(from: Socket, to: Socket, options: PumpOptions): void {
  const waiting: { readonly chunk: Buffer | undefined; readonly dueMs: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isFull = false;

  const flush = () => {
    clearTimeout(timer);
    while (!isFull && options.mode().kind !== "black-holed") {
      const [next] = waiting;
      if (next === undefined) return;
      const leftMs = next.dueMs - performance.now();
      if (leftMs > 0) {
        timer = setTimeout(flush, leftMs);
        return;
      }
      waiting.shift();
      if (next.chunk === undefined) to.end();
      else if (!to.destroyed) isFull = !to.write(next.chunk);
    }
    if (isFull) from.pause();
  };
  to.on("drain", () => {
    isFull = false;
    from.resume();
    flush();
  });

  const push = (chunk: Buffer | undefined) => {
    const mode = options.mode();
    const delayMs = mode.kind === "slow" ? mode.delayMs : 0;
    waiting.push({ chunk, dueMs: performance.now() + delayMs });
    flush();
  };

  from.on("data", (chunk: Buffer) => {
    options.onChunk();
    push(chunk);
  });
  from.on("end", () => push(undefined));
  const forget = options.onModeChange(flush);
  from.on("close", () => {
    clearTimeout(timer);
    forget();
  });
}
