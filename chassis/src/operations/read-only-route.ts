import { isLoopback } from "#configuration/loopback.ts";
import type { ReadOnlySwitch } from "#database/read-only-mode.ts";
import type { Answer, SwitchRequest } from "./operations-answer.ts";

const JSON_TYPE = "application/json; charset=utf-8";

/**
 * Returns the state of the read-only switch (GET), after it switched to read-only (PUT) or back
 * (DELETE). Only callers on loopback may switch, since every metrics scraper reaches this port.
 * There is no POST: a web page in an operator's browser may send one to any address without asking.
 */
export function answerReadOnly(
  { method, address }: SwitchRequest,
  readOnly: ReadOnlySwitch,
): Answer {
  const changes = method === "PUT" || method === "DELETE";
  if (changes && !isLoopback(address)) {
    return { status: 403, body: "Only callers on this machine may switch.\n" };
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
        body: "Use GET to read, PUT to refuse writes, and DELETE to accept them again.\n",
        allow: "GET, HEAD, PUT, DELETE",
      };
  }
  return { status: 200, body: `${JSON.stringify(readOnly.status())}\n`, type: JSON_TYPE };
}
