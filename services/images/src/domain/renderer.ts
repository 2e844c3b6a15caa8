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

/** How a file is rendered. */
export interface RenderOptions {
  /** The size in the file's header, on which depends how long it may take; undefined if unknown. */
  readonly size: Dimensions | undefined;
  /**
   * If it is given, nothing else is rendered meanwhile, so that no other picture can be what ends
   * the process. It is called when that is so.
   */
  readonly beginAlone?: () => Promise<void>;
}

/** Renders the variants of a file. */
export interface Renderer {
  /** Throws RenderAborted. */
  render(path: string, options: RenderOptions): Promise<RenderResult>;
}

/** Rendering took too long or too much memory, or ended its process. */
export class RenderAborted extends Error {
  override readonly name = "RenderAborted";
}
