import { ColdImages } from "./cold-images.ts";
import { PagePaths } from "./page-paths.ts";
import type { SmallStack } from "./small-stack.ts";

/** A request of a replay. */
export interface CostRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A kind of request, whose cost has a budget. */
export interface RequestKind {
  readonly name: string;
  /** How many requests a replay has. */
  readonly requests: number;
  /** Whether its requests are all the same. One is sent before a replay, and not counted. */
  readonly isHot: boolean;
  /** Returns the next request. */
  next(): CostRequest;
}

type Requests = Readonly<Record<string, () => CostRequest>>;

const REQUESTS = 12;
/** Each page is another one, as long as there are some: more of them would need more images. */
const PAGES_OF_REPLAY = 3;
const JSON_TYPE = { "content-type": "application/json" } as const;
const BAD_TOKEN = "Bearer eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJub2JvZHkifQ.bm8gc2lnbmF0dXJl";

/**
 * Creates the kinds of requests. *Cold* ones ask for what nobody has asked for: their cost does not
 * depend on the time for which answers are cached. *Hot* ones ask for the same again.
 */
export async function requestKinds(stack: SmallStack): Promise<readonly RequestKind[]> {
  const pages = await PagePaths.of(stack.url);
  const list = { name: "list of 30, cold", next: () => get(pages.next()), isHot: false };
  return [
    ...kindsOf(await hotRequests(stack), true),
    ...kindsOf(coldRequests(stack), false),
    { ...list, requests: PAGES_OF_REPLAY },
  ];
}

async function hotRequests({ url, plan }: SmallStack): Promise<Requests> {
  const path = `/v1/images/${plan.images[0]?.id}`;
  const image = await fetch(url + path);
  const { variants }: { readonly variants: readonly { name: string; url: string }[] } = JSON.parse(
    await image.text(),
  );
  const thumb = variants.find(({ name }) => name === "thumb")?.url ?? "";
  const bytes = await fetch(url + thumb);
  await bytes.arrayBuffer();
  const known = ({ headers }: Response) => ({ "if-none-match": headers.get("etag") ?? "" });
  return {
    "image, hot": () => get(path),
    "image, not modified": () => get(path, 304, known(image)),
    "50 comments, hot": () => get(`${path}/comments?pageSize=50`),
    "list of 30, hot": () => get("/v1/images?pageSize=30"),
    "thumb, hot": () => get(thumb),
    "thumb, not modified": () => get(thumb, 304, known(bytes)),
    "refused with 400": () => get("/v1/images/this-is-no-id", 400),
    "refused with 401": () => get(path, 401, { authorization: BAD_TOKEN }),
  };
}

function coldRequests(stack: SmallStack): Requests {
  const cold = new ColdImages(stack);
  const signedIn = { authorization: `Bearer ${stack.token}` };
  return {
    "image, cold": () => get(cold.next()),
    "image, cold, signed in": () => get(cold.next(), 200, signedIn),
    "comments of an image, cold": () => get(`${cold.next()}/comments?pageSize=50`),
    "post a comment": () => ({
      ...{ method: "POST", path: `${cold.next()}/comments`, status: 201 },
      headers: { ...signedIn, ...JSON_TYPE },
      body: JSON.stringify({ body: "What a light over the harbour when the boats come home!" }),
    }),
    like: () => ({ method: "PUT", path: `${cold.next()}/like`, status: 204, headers: signedIn }),
    "refused with 404": () => get(cold.unknown(), 404),
  };
}

function kindsOf(requests: Requests, isHot: boolean): readonly RequestKind[] {
  return Object.entries(requests).map(([name, next]) => ({
    ...{ name, next, isHot, requests: REQUESTS },
  }));
}

function get(path: string, status = 200, headers: CostRequest["headers"] = {}): CostRequest {
  return { method: "GET", path, status, headers };
}
