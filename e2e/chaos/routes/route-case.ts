import type { HttpAnswer, HttpRequest } from "#chaos/network/http-exchange.ts";
import type { Service } from "#chaos/system/chaos-targets.ts";
import type { SeedData } from "./seed-data.ts";

/** One request that the load makes, and what is to be done with its answer. */
export interface Call extends Pick<HttpRequest, "method" | "path"> {
  readonly token?: string;
  /** Sent as JSON, unless it is a form. */
  readonly body?: object | Form;
  /** The statuses by which it succeeds. */
  readonly expected: readonly number[];
  /** Called if it succeeded. */
  readonly onSuccess?: (success: Success) => void;
}

/** A call that was answered by one of its expected statuses. */
interface Success {
  readonly answer: HttpAnswer;
  /** How many times it was sent until an answer came. */
  readonly attempts: number;
}

/** A file with its fields, as a browser's form sends them. */
export class Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: Buffer;

  constructor(fields: Readonly<Record<string, string>>, file: Buffer) {
    this.fields = fields;
    this.file = file;
  }
}

/** One way to use a route, and whom it takes to answer. */
export interface RouteCase {
  /** As it stands in the OpenAPI document: `GET /v1/images/{id}`. */
  readonly route: string;
  /** Tells apart two ways to use one route. */
  readonly variant?: string;
  /** How often it is used, compared with others. */
  readonly weight: number;
  /** Without each of these there is no answer. */
  readonly needs: readonly Service[];
  /** Without these something is missing in the answer. */
  readonly decoratedBy: readonly Service[];
  readonly call: (seedData: SeedData) => Call;
}

/** What a case is called in lists. */
export function nameOf({ route, variant }: Pick<RouteCase, "route" | "variant">): string {
  return variant === undefined ? route : `${route} (${variant})`;
}

/** Reads an answer's JSON. */
// biome-ignore lint/suspicious/noExplicitAny: answers have every shape, and reading what is not there fails loudly.
export function jsonOf({ body }: Pick<HttpAnswer, "body">): any {
  return JSON.parse(body.toString("utf8"));
}
