import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { BuiltImage } from "./build-image.ts";

/** The end of a process of an image: its exit code and its output. */
export interface Ending {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** The options of a process of an image. */
interface ImageStart {
  /** Replaces the image's own command. */
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Starts a process of an image as a container would: with the image's user and environment, and
 * without this process's environment.
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
 * Waits until a process logs that it has started, then ends it. Returns how long the start took, in
 * milliseconds.
 *
 * @throws Error if the process ends earlier, or with another code than 0.
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
