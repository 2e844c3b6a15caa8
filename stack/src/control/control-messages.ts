import type { PartAction } from "#parts/part-actions.ts";
import type { PartName } from "#parts/part-names.ts";
import type { PartStatus } from "#parts/part-status.ts";

/** A request from another terminal to the supervisor. */
export type ControlRequest =
  | { readonly command: "status" }
  | { readonly command: PartAction; readonly part: PartName };

/** The supervisor's response. */
export type ControlResponse =
  | { readonly ok: true; readonly parts: readonly PartStatus[] }
  | { readonly ok: false; readonly message: string };
