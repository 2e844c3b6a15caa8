import type { ObjectContent } from "./object-store.ts";
import type { SendLimits } from "./send-range.ts";

/** What is put, and how long it may take. */
export interface PutOptions extends SendLimits {
  readonly key: string;
  readonly content: ObjectContent;
}
