import type { PartAction } from "#parts/part-actions.ts";
import type { PartName } from "#parts/part-names.ts";
import type { PartStatus } from "#parts/part-status.ts";

/** What another terminal asks of the supervisor. */
export type ControlRequest =
  | { readonly command: "status" }
  | { readonly command: PartAction; readonly part: PartName };

/** What it hears. */
export type ControlResponse =
  | { readonly ok: true; readonly parts: readonly PartStatus[] }
  | { readonly ok: false; readonly message: string };
