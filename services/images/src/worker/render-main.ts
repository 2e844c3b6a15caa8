import { renderImage } from "./render-image.ts";
import type { RenderReply, RenderRequest } from "./render-protocol.ts";

// The process that decodes strangers' bytes. It has no secrets and no connections, and may be
// killed at any time. Its worker ends it. The terminal's Ctrl-C reaches it too, and is meant for
// the worker.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
// Without its worker nobody needs the result. It kills itself, since an ordinary exit waits for the
// decoder's threads.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));

process.on("message", (request: RenderRequest) => {
  const reply = (message: RenderReply) => process.send?.(message);
  renderImage(request.path).then(reply, (error: unknown) => {
    reply({ kind: "error", message: error instanceof Error ? error.message : String(error) });
  });
});
