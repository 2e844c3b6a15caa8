import type { Operation, RequestTemplate } from "#load/load-order.ts";
import { deepPagePaths } from "./deep-page-paths.ts";
import { CONNECTIONS_DEFAULT, ONCE, type Scenario, type Target } from "./scenario.ts";

/** `GET /v1/images/{id}`. */
export const GET_IMAGE: RequestTemplate = {
  method: "GET",
  path: "/v1/images/{value}",
  status: 200,
};
/** The first 50 comments of an image, with their authors. */
export const GET_COMMENTS: RequestTemplate = {
  method: "GET",
  path: "/v1/images/{value}/comments?pageSize=50",
  status: 200,
};
/** The newest 30 public images. */
export const GET_LIST: RequestTemplate = {
  method: "GET",
  path: "/v1/images?pageSize=30",
  status: 200,
};

const GET_PATH: RequestTemplate = { method: "GET", path: "{value}", status: 200 };

const ROOFS_OF_IMAGE = ["bare-fastify", "bare-node", "bare-select"] as const;

/** One kind of read: who may do it signed in too. */
interface Read {
  readonly name: string;
  readonly title: string;
  readonly marks?: Pick<Scenario, "quick" | "curve" | "openLoop" | "roofs">;
  readonly steps: readonly RequestTemplate[];
  values(target: Target): readonly string[] | Promise<readonly string[]>;
}

const IMAGE: Read = {
  name: "image",
  title: "image by id, random of all",
  marks: { quick: true, curve: true, openLoop: true, roofs: ROOFS_OF_IMAGE },
  steps: [GET_IMAGE],
  values: ({ world }) => world.imageIds,
};
const HOT_IMAGE: Read = {
  name: "image-hot",
  title: "image by id, random of 20 hot ones",
  marks: { roofs: ROOFS_OF_IMAGE },
  steps: [GET_IMAGE],
  values: ({ world }) => world.hotImageIds,
};
const IMAGE_PAGE: Read = {
  name: "image-page",
  title: "image page: the image, its owner, and 50 comments with authors (two requests)",
  marks: { openLoop: true },
  steps: [GET_IMAGE, GET_COMMENTS],
  values: ({ world }) => world.imageIds,
};
const LIST: Read = {
  name: "list",
  title: "list of 30 images",
  marks: { quick: true, curve: true, openLoop: true },
  steps: [GET_LIST],
  values: () => [""],
};
const COMMENTS: Read = {
  name: "comments",
  title: "comments, the first 50",
  marks: { quick: true, curve: true, openLoop: true },
  steps: [GET_COMMENTS],
  values: ({ world }) => world.commentImageIds,
};
const DEEP_COMMENTS: Read = {
  name: "comments-deep",
  title: "comments, 50 behind the first 1,000",
  steps: [GET_PATH],
  values: deepPagePaths,
};

/** The reads: each by anybody, and most by users who are signed in. */
export const READS: readonly Scenario[] = [
  anonymous(IMAGE),
  signedIn(IMAGE),
  anonymous(HOT_IMAGE),
  anonymous(IMAGE_PAGE),
  signedIn(IMAGE_PAGE),
  anonymous(LIST),
  signedIn(LIST),
  anonymous(COMMENTS),
  signedIn(COMMENTS),
  anonymous(DEEP_COMMENTS),
];

function anonymous(read: Read): Scenario {
  const { name, title, marks, steps } = read;
  return {
    ...{ name, title, ...marks },
    world: "default",
    connections: CONNECTIONS_DEFAULT,
    prepare: async (target): Promise<Operation[]> => [
      { ...ONCE, name, steps, values: await read.values(target) },
    ],
  };
}

function signedIn(read: Read): Scenario {
  const name = `${read.name}-signed-in`;
  return {
    name,
    title: `${read.title}; signed in`,
    world: "default",
    connections: CONNECTIONS_DEFAULT,
    prepare: async (target): Promise<Operation[]> => [
      {
        ...ONCE,
        name,
        steps: read.steps,
        values: await read.values(target),
        tokens: target.tokens,
      },
    ],
  };
}
