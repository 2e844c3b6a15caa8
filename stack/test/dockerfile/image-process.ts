import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { BuiltImage } from "./build-image.ts";

/** How a process of an image ended, and what it said. */
export interface Ending {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** What is started, and with what in its environment. */
interface ImageStart {
  /** In the place of the image's own. */
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Starts a process of an image as a container would: its user, its environment, and nothing of this
 * one's.
 */
function startImage(
  image: BuiltImage,
  { command = image.command, environment = {} }: ImageStart = {},
): ChildProcessWithoutNullStreams {
  return spawn(image.entrypoint, command, {
    cwd: image.folder,
    env: { ...image.environment, ...environment },
    uid: image.user,
    gid: image.user,
  });
}

/** Runs a process of an image to its end. */
export async function runImage(image: BuiltImage, start: ImageStart = {}): Promise<Ending> {
  const child = startImage(image, start);
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { code, output, errors };
}

/**
 * Waits until a process says that it has started, ends it, and gives how long it took to start, in
 * milliseconds.
 *
 * @throws Error if it ends before it has started, or not as asked.
 */
export async function millisecondsToStart(image: BuiltImage, start: ImageStart): Promise<number> {
  const startedAt = performance.now();
  const child = startImage(image, start);
  const closed = once(child, "close");
  const errors = text(child.stderr);
  let tookMs: number | undefined;
  let output = "";
  for await (const chunk of child.stdout) {
    output += chunk;
    if (tookMs !== undefined || !output.includes('"started"')) continue;
    tookMs = performance.now() - startedAt;
    child.kill("SIGTERM");
  }
  const [code] = await closed;
  if (tookMs !== undefined && code === 0) return tookMs;
  throw new Error(`ended with ${code}:\n${output}${await errors}`);
}
