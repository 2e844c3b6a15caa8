import { isLoopback } from "#configuration/loopback.ts";
import type { ReadOnlySwitch } from "#database/read-only-mode.ts";
import type { Answer, SwitchRequest } from "./operations-answer.ts";

const JSON_TYPE = "application/json; charset=utf-8";

/**
 * Shows the switch (GET), switches to read-only (PUT) and back (DELETE), and answers what holds
 * then. Only who is on the process's own machine may switch: whoever scrapes metrics reaches this
 * port too. There is no POST: a web page in an operator's browser may send one to any address
 * without asking.
 */
export function answerReadOnly(
  { method, address }: SwitchRequest,
  readOnly: ReadOnlySwitch,
): Answer {
  const changes = method === "PUT" || method === "DELETE";
  if (changes && !isLoopback(address)) {
    return { status: 403, body: "Only who is on this machine may switch.\n" };
  }
  switch (method) {
    case "PUT":
      readOnly.set(true);
      break;
    case "DELETE":
      readOnly.set(false);
      break;
    case "GET":
    case "HEAD":
      break;
    default:
      return {
        status: 405,
        body: "Use GET to look, PUT to refuse writes, and DELETE to take them again.\n",
        allow: "GET, HEAD, PUT, DELETE",
      };
  }
  return { status: 200, body: `${JSON.stringify(readOnly.status())}\n`, type: JSON_TYPE };
}
