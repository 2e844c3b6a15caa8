import type { Dimensions } from "./dimensions/dimensions.ts";
import type { ImageFailure, VariantName } from "./image.ts";

/** A rendition in memory: some hundred kilobytes. */
export interface RenderedVariant extends Dimensions {
  readonly name: VariantName;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** The result of rendering: an image, or why this file will never be one. */
export type RenderResult =
  | ({
      readonly kind: "rendered";
      readonly placeholder: Uint8Array;
      readonly variants: readonly RenderedVariant[];
    } & Dimensions)
  | { readonly kind: "failed"; readonly failure: ImageFailure };

/** Renders the variants of a file. */
export interface Renderer {
  /** Throws RenderAborted. */
  render(path: string): Promise<RenderResult>;
}

/** Rendering took too long, or ended its process. Another attempt may succeed. */
export class RenderAborted extends Error {
  override readonly name = "RenderAborted";
}
