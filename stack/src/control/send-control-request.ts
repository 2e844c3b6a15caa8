import { createConnection } from "node:net";
import { StackError } from "#errors/stack-error.ts";
import type { ControlRequest, ControlResponse } from "./control-messages.ts";
import { readControlResponse } from "./read-control-response.ts";
import type { StackRecord } from "./stack-file.ts";

const HOST = "127.0.0.1";
/** Before it ends a part may drain, and before it is ready it may run migrations. */
const ACTION_MS_MAX = 90_000;
const STATUS_MS_MAX = 3_000;
/** A part's status has about 200 bytes. */
const RESPONSE_BYTES_MAX = 65_536;

/**
 * Sends a request to the supervisor that a record names, and returns its response, which may be a
 * refusal. Throws StackError if there is no response, or something else listens at that port.
 */
export function sendControlRequest(
  { control }: Pick<StackRecord, "control">,
  request: ControlRequest,
): Promise<ControlResponse> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: HOST, port: control.port }, () => {
      socket.write(`${JSON.stringify({ ...request, token: control.token })}\n`);
    });
    const late = setTimeout(
      () => fail(),
      request.command === "status" ? STATUS_MS_MAX : ACTION_MS_MAX,
    );
    const fail = (cause?: unknown) => {
      socket.destroy();
      reject(new StackError("The stack does not answer.", { cause }));
    };
    let text = "";
    socket
      .setEncoding("utf8")
      .on("error", fail)
      .on("data", (chunk: string) => {
        text += chunk;
        if (text.length > RESPONSE_BYTES_MAX) fail();
      })
      .on("end", () => {
        const response = readControlResponse(text);
        if (response === undefined) fail();
        else resolve(response);
      })
      .on("close", () => {
        clearTimeout(late);
        fail(); // no effect after a response
      });
  });
}
