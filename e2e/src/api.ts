import { eventually } from "./eventually.ts";

/** The options of a request. */
interface RequestOptions {
  readonly token?: string;
  /** A value that is sent as JSON, or a form. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** The JSON of the body; an empty object if there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every topology.
  readonly json: any;
}

/** A client of the public API, outside the system. */
export class Api {
  /** The base URL: `http://127.0.0.1:40123`. */
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Sends a request. The path begins with a slash. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const { token, body } = options;
    const isForm = body instanceof FormData;
    const headers: Record<string, string> = { ...options.headers };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (body !== undefined && !isForm) headers["content-type"] ??= "application/json";
    const encoded = isForm || typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(this.url + path, { method, headers, body: encoded });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    const json = isJson ? JSON.parse(bytes.toString("utf8")) : {};
    return { status: response.status, headers: response.headers, bytes, json };
  }

  /** Sends a GET request. */
  get(path: string, token?: string): Promise<Answer> {
    return this.request("GET", path, { token });
  }

  /** Repeats a GET until the answer is as wanted, or for ten seconds. Returns the last answer. */
  until(isWanted: (answer: Answer) => boolean, path: string, token?: string): Promise<Answer> {
    return eventually(() => this.get(path, token), isWanted);
  }
}
