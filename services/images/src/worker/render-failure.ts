import type { ImageFailure } from "#domain/image.ts";

/** Why a picture cannot be rendered. */
export type RenderFailureReason = ImageFailure | "out_of_memory" | "file_not_read";

/** Rendering failed: the file is at fault, or memory ran out, or the file could not be read now. */
export class RenderFailure extends Error {
  override readonly name = "RenderFailure";
  readonly reason: RenderFailureReason;

  constructor(reason: RenderFailureReason, options?: ErrorOptions) {
    super(`the picture cannot be rendered: ${reason}`, options);
    this.reason = reason;
  }
}

/** The messages of sharp and its libraries, whose errors have nothing else. */
const MESSAGES = [
  ["file_not_read", /file is missing|unable to open|ENOENT|EACCES|EIO/],
  [
    "out_of_memory",
    /out of memory|memory allocation|insufficient memory|cannot allocate|failed to allocate|security limit exceeded: memory/i,
  ],
  ["too_expensive", /exceeds pixel limit/i],
] as const satisfies readonly (readonly [RenderFailureReason, RegExp])[];

/** Returns the failure that an error of the decoder stands for. The file is at fault by default. */
export function toRenderFailure(error: unknown): RenderFailure {
  if (error instanceof RenderFailure) return error;
  // The system could not do something, whatever the file holds: EMFILE, ESTALE.
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) {
    const reason = code === "ENOMEM" ? "out_of_memory" : "file_not_read";
    return new RenderFailure(reason, { cause: error });
  }
  const message = error instanceof Error ? error.message : "";
  const found = MESSAGES.find(([, pattern]) => pattern.test(message));
  return new RenderFailure(found?.[0] ?? "unreadable", { cause: error });
}
