import type { RenderResult } from "#domain/renderer.ts";

/** The request to a renderer: the path of the file to render. */
export interface RenderRequest {
  readonly path: string;
}

/** The reply of a renderer. An "error" is not the file's: it could not be read now. */
export type RenderReply = RenderResult | { readonly kind: "error"; readonly message: string };
