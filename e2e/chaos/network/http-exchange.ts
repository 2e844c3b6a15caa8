import { type Agent, type IncomingHttpHeaders, request } from "node:http";

/** A request without a destination. */
export interface HttpRequest {
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** A whole answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request got no answer. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  /** True if the request cannot have reached a server. */
  readonly unsent: boolean;

  constructor(message: string, { unsent }: { readonly unsent: boolean }) {
    super(message);
    this.unsent = unsent;
  }
}

/** The destination of an exchange, and its limits. */
interface ExchangeOptions {
  readonly url: string;
  readonly agent: Agent;
  /** Fires when the server is known to be dead. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Sends one request to one server. Throws NoAnswer. */
export function exchange(
  { method, path, headers, body }: HttpRequest,
  { url, agent, signal, timeoutMs }: ExchangeOptions,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    // Not by AbortSignal.timeout: if only AbortSignal.any holds it, it may be collected before it
    // fires.
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new Error(`no answer in ${timeoutMs} ms`)),
      timeoutMs,
    );
    const either = AbortSignal.any([signal, late.signal]);
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const sent = request(
      url + path,
      { method, agent, headers: { ...headers, ...length }, signal: either },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => {
          clearTimeout(timer);
          const { statusCode = 0, headers: received } = response;
          resolve({ status: statusCode, headers: received, body: Buffer.concat(chunks) });
        });
      },
    );
    sent.on("error", fail);
    sent.end(body);

    function fail(error: NodeJS.ErrnoException) {
      clearTimeout(timer);
      const code = either.aborted ? String(either.reason?.message) : (error.code ?? error.message);
      reject(new NoAnswer(code, { unsent: error.code === "ECONNREFUSED" }));
    }
  });
}
