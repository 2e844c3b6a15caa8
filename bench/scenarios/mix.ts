import type { Operation, RequestTemplate } from "#load/load-order.ts";
import { GET_THUMB } from "./bytes.ts";
import { GET_COMMENTS, GET_IMAGE, GET_LIST } from "./reads.ts";
import { CONNECTIONS_DEFAULT, type Scenario, type Target } from "./scenario.ts";
import { POST_COMMENT, PUT_LIKE } from "./writes.ts";

/** One kind of operation of the mix. Half of the reads are by users who are signed in. */
interface Part {
  readonly name: string;
  /** In a hundred operations. */
  readonly percent: number;
  readonly steps: readonly RequestTemplate[];
  readonly who: "anybody" | "half of them signed in" | "users";
}

const PARTS: readonly Part[] = [
  { name: "list", percent: 20, steps: [GET_LIST], who: "half of them signed in" },
  { name: "image", percent: 40, steps: [GET_IMAGE], who: "half of them signed in" },
  { name: "page", percent: 20, steps: [GET_IMAGE, GET_COMMENTS], who: "half of them signed in" },
  { name: "comments", percent: 10, steps: [GET_COMMENTS], who: "half of them signed in" },
  { name: "thumb", percent: 4, steps: [GET_THUMB], who: "anybody" },
  { name: "post-comment", percent: 3, steps: [POST_COMMENT], who: "users" },
  { name: "like", percent: 3, steps: [PUT_LIKE], who: "users" },
];

/** What a site's visitors do, with the pictures that most of them look at (Zipf). */
export const MIX: Scenario = {
  ...{ name: "mix", title: "a mix with a Zipf distribution over 100,000 images", world: "big" },
  ...{ connections: CONNECTIONS_DEFAULT, openLoop: true },
  prepare: async (target) => PARTS.flatMap((part) => operationsOf(part, target)),
};

function operationsOf(part: Part, { world, tokens }: Target): Operation[] {
  const operation: Pick<Operation, "steps" | "distribution" | "values"> = {
    steps: part.steps,
    distribution: "zipf",
    values: part.name === "thumb" ? world.imageIdsWithBytes : world.imageIds,
  };
  const anonymous = { ...operation, name: part.name, weight: part.percent };
  const bySome = { ...operation, name: `${part.name}-signed-in`, tokens };
  switch (part.who) {
    case "anybody":
      return [anonymous];
    case "users":
      return [{ ...bySome, name: part.name, weight: part.percent }];
    case "half of them signed in":
      return [
        { ...anonymous, weight: part.percent / 2 },
        { ...bySome, weight: part.percent / 2 },
      ];
  }
}
