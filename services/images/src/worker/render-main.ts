import { toRenderFailure } from "./render-failure.ts";
import { renderImage } from "./render-image.ts";
import type { RenderMessage, RenderRequest } from "./render-protocol.ts";

// The process that decodes strangers' bytes. It has no secrets and no connections, and may be
// killed at any time. Its worker ends it. The terminal's Ctrl-C reaches it too, and is meant for
// the worker.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
// Without its worker nobody needs the result. It kills itself, since an ordinary exit waits for the
// decoder's threads.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));

const send = (message: RenderMessage) => process.send?.(message);

process.on("message", (request: RenderRequest) => {
  renderImage(request.path).then(send, (error: unknown) => {
    const { reason, cause } = toRenderFailure(error);
    if (reason === "out_of_memory") return send({ kind: "out_of_memory" });
    return send({ kind: "error", message: String(cause ?? error) });
  });
});

send({ kind: "started" });
