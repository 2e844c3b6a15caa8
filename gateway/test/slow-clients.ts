import { type ClientRequest, type IncomingMessage, request as openRequest } from "node:http";

/** A request of a test's client, on a connection of its own. */
export interface ClientRequestOptions {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The address that it comes from. Linux has all of 127.0.0.0/8. */
  readonly localAddress?: string;
}

/** An answer, read to its end. */
export interface WholeAnswer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly code: string | undefined;
}

/** A request whose body the test sends as slowly as it likes. */
export interface SlowRequest {
  readonly request: ClientRequest;
  /** Rejects if the connection ends before. */
  readonly answer: Promise<WholeAnswer>;
}

/** Opens a request, and sends its headers. */
export function openSlowRequest({
  port,
  path,
  method = "GET",
  headers = {},
  localAddress,
}: ClientRequestOptions): SlowRequest {
  const request = openRequest({ port, path, method, headers, localAddress, agent: false });
  const answer = new Promise<WholeAnswer>((resolve, reject) => {
    request.once("error", reject);
    request.once("response", (response) => {
      readAnswer(response).then(resolve, reject);
    });
  });
  request.flushHeaders();
  return { request, answer };
}

/** Sends a request without a body, and reads its answer. */
export function send(options: ClientRequestOptions): Promise<WholeAnswer> {
  const { request, answer } = openSlowRequest(options);
  request.end();
  return answer;
}

async function readAnswer(response: IncomingMessage): Promise<WholeAnswer> {
  const { statusCode: status, headers } = response;
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  const isProblem = headers["content-type"]?.includes("problem+json") ?? false;
  return { status, headers, code: isProblem ? JSON.parse(text).code : undefined };
}
