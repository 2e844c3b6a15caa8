import type { FastifyRequest } from "fastify";
import type { ClientErrors } from "./client-error.ts";
import { hasBody } from "./unread-body.ts";

/** The time for the body of a request that is no upload: 64 KiB at most. */
const BODY_MS_MAX = 30_000;

/**
 * Bounds the time in which the body of a request arrives. Node's own limit is for all requests, and
 * an upload over a slow line may take long. A route with a stream watches its client itself.
 */
export function limitBodyTime(
  request: FastifyRequest,
  clientErrors: Pick<ClientErrors, "answer">,
): void {
  if (!hasBody(request)) return;
  const { raw, state } = request;
  if (state.config.calls?.policy.stream !== undefined) return;
  const timer = setTimeout(() => {
    const late = Object.assign(new Error("the body came too slowly"), {
      code: "ERR_HTTP_REQUEST_TIMEOUT",
    });
    clientErrors.answer(late, raw.socket);
  }, BODY_MS_MAX).unref();
  const stop = () => clearTimeout(timer);
  raw.once("end", stop);
  state.onClose(stop);
}
