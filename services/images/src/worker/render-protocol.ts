import type { RenderResult } from "#domain/renderer.ts";

/** What a renderer is asked: to render the file at this path. */
export interface RenderRequest {
  readonly path: string;
}

/** What it answers. An "error" says nothing of the file: it could not be read now. */
export type RenderReply = RenderResult | { readonly kind: "error"; readonly message: string };
