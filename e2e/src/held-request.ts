import { type ClientRequest, type IncomingMessage, request as openRequest } from "node:http";
import type { Api } from "./api.ts";

/** A request on a connection of its own, whose client reads and sends nothing by itself. */
export interface HeldRequest {
  readonly request: ClientRequest;
  /** Resolves with the answer's head; its body is not read. Undefined if the connection broke. */
  readonly response: Promise<IncomingMessage | undefined>;
}

/** The options of a held request. */
interface HeldRequestOptions {
  readonly token: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a request, and sends its headers. */
export function holdRequest(
  { url }: Api,
  [method, path]: readonly [string, string],
  { token, headers = {} }: HeldRequestOptions,
): HeldRequest {
  const request = openRequest(url + path, {
    method,
    headers: { ...headers, authorization: `Bearer ${token}` },
    agent: false,
  });
  const response = new Promise<IncomingMessage | undefined>((resolve) => {
    request.once("response", resolve);
    request.on("error", () => resolve(undefined));
  });
  request.flushHeaders();
  return { request, response };
}
