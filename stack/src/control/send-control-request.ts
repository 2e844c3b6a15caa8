import { createConnection } from "node:net";
import { StackError } from "#errors/stack-error.ts";
import type { ControlRequest, ControlResponse } from "./control-messages.ts";
import type { StackRecord } from "./stack-file.ts";

const HOST = "127.0.0.1";
/** Before it ends a part may drain, and before it is ready it may run migrations. */
const ACTION_MS_MAX = 90_000;
const STATUS_MS_MAX = 3_000;

/**
 * Sends a request to the supervisor that a record names, and returns its response, which may be a
 * refusal. Throws StackError if there is no response.
 */
export function sendControlRequest(
  { control }: Pick<StackRecord, "control">,
  request: ControlRequest,
): Promise<ControlResponse> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown) => {
      socket.destroy();
      reject(new StackError("The stack does not answer.", { cause }));
    };
    const socket = createConnection({ host: HOST, port: control.port }, () => {
      socket.write(`${JSON.stringify({ ...request, token: control.token })}\n`);
    });
    socket.setTimeout(request.command === "status" ? STATUS_MS_MAX : ACTION_MS_MAX, fail);
    socket.on("error", fail);
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("end", () => {
      try {
        resolve(JSON.parse(text));
      } catch (cause) {
        fail(cause);
      }
    });
  });
}
