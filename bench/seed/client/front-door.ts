import { Pause, retryAfterMs } from "./pause.ts";

/** A request of the public API. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  /** Begins with a slash. */
  readonly path: string;
  readonly token?: string | undefined;
  /** A value that is sent as JSON, or a form. */
  readonly body?: unknown;
  /** Whether it may be sent twice. All may but POST, which creates something each time. */
  readonly isRepeatable?: boolean;
}

/** A whole answer. */
export interface ApiAnswer {
  readonly status: number;
  /** The JSON of the body; undefined if there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: the shapes of the API are read member by member.
  readonly json: any;
}

/** Is thrown if it is unknown whether a request was carried out: look, before it is sent again. */
export class InDoubt extends Error {
  override readonly name = "InDoubt";
}

/** A request may carry a photograph of several megabytes to a busy machine. */
const ANSWER_MS_MAX = 120_000;
/** Refusals and lost answers in a row before a request fails. */
const TRIES_MAX = 20;
const BACKOFF_MS_FIRST = 250;
const BACKOFF_MS_MAX = 10_000;
const UNAVAILABLE = [502, 503, 504];

/**
 * The public API of a running system, as a patient client uses it: it waits as long as
 * `Retry-After` says, and sends a request again that may be sent twice.
 */
export class FrontDoor {
  readonly #url: string;
  readonly #pause: Pause;

  constructor(url: string, stop: AbortSignal) {
    this.#url = url.replace(/\/+$/, "");
    this.#pause = new Pause(stop);
  }

  /**
   * Sends a request, and returns its answer, whatever its status. Throws {@link InDoubt}, or
   * `Stopped` before it is sent.
   */
  async ask(request: ApiRequest): Promise<ApiAnswer> {
    const { method, path, isRepeatable = method !== "POST" } = request;
    let reason: unknown;
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      await this.#pause.end();
      const answer = await this.#send(request).catch((error: unknown) => {
        this.#pause.extend(Math.min(BACKOFF_MS_MAX, BACKOFF_MS_FIRST * 2 ** tries));
        reason = error;
      });
      if (answer !== undefined) {
        if (answer.status !== 429 && !UNAVAILABLE.includes(answer.status)) return answer;
        this.#pause.extend(retryAfterMs(answer.retryAfter));
        reason = `${answer.status} ${answer.json?.code ?? ""}`;
      }
      // A request that is limited was not carried out. Of a lost one nobody knows.
      if (answer?.status !== 429 && !isRepeatable) {
        throw new InDoubt(`${method} ${path}: ${describe(reason)}`);
      }
    }
    throw new Error(`${method} ${path}, ${TRIES_MAX} times in a row: ${describe(reason)}`);
  }

  async #send({ method, path, token, body }: ApiRequest) {
    const isForm = body instanceof FormData;
    const headers: Record<string, string> = {};
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (body !== undefined && !isForm) headers["content-type"] = "application/json";
    const response = await fetch(this.#url + path, {
      method,
      headers,
      body: isForm ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    return {
      status: response.status,
      json: isJson && text !== "" ? JSON.parse(text) : undefined,
      retryAfter: response.headers.get("retry-after"),
    };
  }
}

/** Says what happened, in one line. An error of `fetch` has its reason as its cause. */
function describe(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  const { cause } = reason;
  return cause instanceof Error ? `${reason.message}: ${cause.message}` : reason.message;
}
