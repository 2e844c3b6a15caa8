import type { HttpAnswer, HttpRequest } from "#chaos/network/http-exchange.ts";
import type { Service } from "#chaos/system/chaos-targets.ts";
import type { SeedData } from "./seed-data.ts";

/** A request of the load, with the handling of its answer. */
export interface Call extends Pick<HttpRequest, "method" | "path"> {
  readonly token?: string;
  /** Sent as JSON, unless it is a form. */
  readonly body?: object | Form;
  /** The statuses of success. */
  readonly expected: readonly number[];
  /** Called after a success. */
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

/** A way to use a route, and the services that it needs. */
export interface RouteCase {
  /** The route in the form of the OpenAPI document: `GET /v1/images/{id}`. */
  readonly route: string;
  /** Distinguishes two ways to use one route. */
  readonly variant?: string;
  /** How often it is used, relative to others. */
  readonly weight: number;
  /** The services without which there is no answer. */
  readonly needs: readonly Service[];
  /** The services without which a part of the answer is missing. */
  readonly decoratedBy: readonly Service[];
  readonly call: (seedData: SeedData) => Call;
}

/** Returns the name of a case in lists. */
export function nameOf({ route, variant }: Pick<RouteCase, "route" | "variant">): string {
  return variant === undefined ? route : `${route} (${variant})`;
}

/** Parses an answer's JSON. */
// biome-ignore lint/suspicious/noExplicitAny: answers have every shape; see their uses.
export function jsonOf({ body }: Pick<HttpAnswer, "body">): any {
  return JSON.parse(body.toString("utf8"));
}
