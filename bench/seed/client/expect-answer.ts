import type { ApiAnswer, ApiRequest, FrontDoor } from "./front-door.ts";

/** Is thrown for an answer that a seed cannot go on with. */
export class Unexpected extends Error {
  override readonly name = "Unexpected";
  readonly status: number;
  /** The problem's code; undefined if the answer names none. */
  readonly code: string | undefined;

  constructor({ method, path }: ApiRequest, { status, json }: ApiAnswer) {
    const detail = [json?.code, json?.detail].filter(Boolean).join(": ");
    super(`${method} ${path} was answered with ${status} ${detail}`.trimEnd());
    this.status = status;
    this.code = json?.code;
  }
}

/** Sends a request, and returns the JSON of its answer. Throws {@link Unexpected} if it failed. */
export async function expectAnswer(
  door: FrontDoor,
  request: ApiRequest,
): Promise<ApiAnswer["json"]> {
  const answer = await door.ask(request);
  if (answer.status < 200 || answer.status > 299) throw new Unexpected(request, answer);
  return answer.json;
}

const PAGE_SIZE = 100;

/** What of a list is read: the path with its query, and the name of the member with the items. */
export interface ListRequest {
  readonly path: string;
  readonly items: string;
  readonly token?: string | undefined;
}

/** Reads a list to its end. */
export async function readList(
  door: FrontDoor,
  { path, items, token }: ListRequest,
): Promise<ApiAnswer["json"][]> {
  const all: ApiAnswer["json"][] = [];
  let next: string | null = "";
  do {
    const mark: string = path.includes("?") ? "&" : "?";
    const place: string = next === "" ? "" : `&pageToken=${encodeURIComponent(next)}`;
    const page: ApiAnswer["json"] = await expectAnswer(door, {
      ...{ method: "GET", path: `${path}${mark}pageSize=${PAGE_SIZE}${place}`, token },
    });
    all.push(...page[items]);
    next = page.nextPageToken;
  } while (next !== null);
  return all;
}
