import type { LoadOrder, LoadResult } from "./load-order.ts";
import { runLoad } from "./run-load.ts";

/** What the process says to its parent. */
export type LoadMessage =
  | { readonly kind: "begin" | "end" }
  | { readonly kind: "result"; readonly result: LoadResult }
  | { readonly kind: "error"; readonly message: string };

function say(message: LoadMessage): void {
  process.send?.(message);
}

/** The process ends with its parent. */
process.on("disconnect", () => process.exit());
process.on("message", (order: LoadOrder) => {
  const listener = { onBegin: () => say({ kind: "begin" }), onEnd: () => say({ kind: "end" }) };
  runLoad(order, listener).then(
    (result) => say({ kind: "result", result }),
    (error) => say({ kind: "error", message: String(error?.stack ?? error) }),
  );
});
