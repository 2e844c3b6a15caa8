import type { RenderResult } from "#domain/renderer.ts";

/** The request to a renderer: the path of the file to render. */
export interface RenderRequest {
  readonly path: string;
}

/**
 * A message of a renderer: first that it has started, then a reply to each request. Neither "error"
 * nor "out_of_memory" is for certain the file's fault.
 */
export type RenderMessage =
  | { readonly kind: "started" }
  | RenderResult
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "out_of_memory" };
