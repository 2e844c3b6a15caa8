import { type Agent, type IncomingHttpHeaders, request } from "node:http";

/** A request, before anybody has decided where it goes. */
export interface HttpRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** An answer, read whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Nothing came that could be called an answer. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  /** True if the request cannot have reached anybody. */
  readonly unsent: boolean;

  constructor(message: string, { unsent }: { readonly unsent: boolean }) {
    super(message);
    this.unsent = unsent;
  }
}

/** Where an exchange goes, and when it is given up. */
interface ExchangeOptions {
  readonly url: string;
  readonly agent: Agent;
  /** Fires when whoever was asked is known to be gone. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Asks one server once. Throws NoAnswer. */
export function exchange(
  { method, path, headers, body }: HttpRequest,
  { url, agent, signal, timeoutMs }: ExchangeOptions,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    // Not by AbortSignal.timeout, which may be collected before it fires when only AbortSignal.any
    // holds it.
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
