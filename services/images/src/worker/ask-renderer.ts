import type { ChildProcess } from "node:child_process";
import { RenderAborted, type RenderResult } from "#domain/renderer.ts";
import type { RenderMessage, RenderRequest } from "./render-protocol.ts";

/** How long a process may take to start: a hundred times what it takes. */
const START_MS_MAX = 30_000;

/** Waits until a renderer has started. Throws if it ends, or takes longer than 30 s. */
export async function untilStarted(child: ChildProcess): Promise<void> {
  try {
    await receive(child, START_MS_MAX);
  } catch (cause) {
    throw new Error("a renderer did not start", { cause }); // no image is to blame
  }
}

/**
 * Sends a request to a renderer, and waits for its reply. Throws RenderAborted if the process takes
 * too much time or memory, or ends. It is killed then. Throws another error if it had ended
 * before, which is no fault of the image.
 */
export async function askRenderer(
  child: ChildProcess,
  request: RenderRequest,
  timeoutMs: number,
): Promise<RenderResult> {
  // A failure to send causes "exit" or "error" as well.
  const reply = await receive(child, timeoutMs, () => child.send(request, () => {}));
  if (reply.kind === "rendered" || reply.kind === "failed") return reply;
  child.kill("SIGKILL");
  if (reply.kind === "out_of_memory") throw new RenderAborted("rendering took too much memory");
  throw new Error(
    `the file could not be read now: ${reply.kind === "error" ? reply.message : reply.kind}`,
  );
}

/** Calls `begin`, and waits for the next message. */
function receive(
  child: ChildProcess,
  timeoutMs: number,
  begin: () => void = () => {},
): Promise<RenderMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<RenderMessage>();
  const timer = setTimeout(() => {
    child.kill("SIGKILL");
    reject(new RenderAborted(`rendering took longer than ${timeoutMs} ms`));
  }, timeoutMs);
  const onExit = (code: number | null, signal: string | null) =>
    reject(new RenderAborted(`the renderer ended with ${signal ?? code}`));
  child.on("message", resolve).on("exit", onExit).on("error", reject);
  const { exitCode, signalCode } = child;
  if (exitCode === null && signalCode === null) begin();
  else reject(new Error("the renderer had ended before the image came")); // it emits nothing more
  return promise.finally(() => {
    clearTimeout(timer);
    child.off("message", resolve).off("exit", onExit).off("error", reject);
  });
}
