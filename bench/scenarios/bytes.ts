import type { RequestTemplate } from "#load/load-order.ts";
import { ONCE, type Scenario } from "./scenario.ts";

/** `GET /v1/images/{id}/content` of the smallest variant. */
export const GET_THUMB: RequestTemplate = {
  method: "GET",
  path: "/v1/images/{value}/content?variant=thumb",
  status: 200,
};

/** One client may have as many downloads of each kind at once; more would queue. */
const DOWNLOAD_CONNECTIONS = 8;

/** The downloads. */
export const DOWNLOADS: readonly Scenario[] = [
  {
    ...{ name: "thumb", title: "download a thumb", world: "default" },
    roofs: ["bare-fastify", "bare-node"],
    connections: DOWNLOAD_CONNECTIONS,
    prepare: async ({ world }) => [
      { ...ONCE, name: "thumb", steps: [GET_THUMB], values: world.imageIdsWithBytes },
    ],
  },
  {
    ...{ name: "original", title: "download an original of 3 MB", world: "default" },
    connections: DOWNLOAD_CONNECTIONS,
    prepare: async ({ world, tokens }) => [
      {
        ...{ ...ONCE, name: "original", values: world.imageIdsWithBytes },
        tokens: tokens.slice(0, 1), // they are the first user's, and originals are for the owner
        steps: [
          { method: "GET", path: "/v1/images/{value}/content?variant=original", status: 200 },
        ],
      },
    ],
  },
];
