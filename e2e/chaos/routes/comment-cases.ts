import { NO_ID } from "./image-cases.ts";
import { type Call, jsonOf, type RouteCase } from "./route-case.ts";
import type { SeedData, SeedImage } from "./seed-data.ts";

const COMPOSED = { needs: ["comments", "images"], decoratedBy: ["users"] } as const;

/** Cases of comments. For each, comments asks images whether the image may be seen. */
export const COMMENT_CASES: readonly RouteCase[] = [
  {
    route: "POST /v1/images/{id}/comments",
    weight: 4,
    ...COMPOSED,
    call: (seedData) => write(seedData, seedData.random.pick(seedData.images)),
  },
  {
    route: "POST /v1/images/{id}/comments",
    variant: "reply",
    weight: 2,
    ...COMPOSED,
    call(seedData) {
      const parent = seedData.random.pick(seedData.comments);
      return write(seedData, parent.image, parent.id);
    },
  },
  {
    route: "GET /v1/images/{id}/comments",
    weight: 14,
    ...COMPOSED,
    call: ({ random, images }) => get(`/v1/images/${random.pick(images).id}/comments`),
  },
  {
    route: "GET /v1/comments/{id}",
    weight: 4,
    ...COMPOSED,
    call: ({ random, comments }) => get(`/v1/comments/${random.pick(comments).id}`),
  },
  {
    route: "GET /v1/comments/{id}/replies",
    weight: 3,
    ...COMPOSED,
    call: ({ random, comments }) => get(`/v1/comments/${random.pick(comments).id}/replies`),
  },
  { route: "PATCH /v1/comments/{id}", weight: 2, ...COMPOSED, call: edit },
  {
    route: "DELETE /v1/comments/{id}",
    weight: 2,
    needs: ["comments", "images"],
    decoratedBy: [],
    call: remove,
  },
];

/** Returns the ledger key of a comment. Its value is the rest of the comment's text. */
export function commentKey(mark: string): string {
  return `comment ${mark}`;
}

const FIRST_TEXT = "as written";

/** Returns a comment's text: a unique mark, and a part that may change. */
export function commentText(mark: string, text = FIRST_TEXT): string {
  return `${mark} ${text}`;
}

function get(path: string): Call {
  return { method: "GET", path, expected: [200] };
}

function write(seedData: SeedData, image: SeedImage, parentId?: string): Call {
  const { random, people, ledger, looseComments } = seedData;
  const author = random.pick(people);
  const mark = seedData.mark();
  const pending = ledger.write(commentKey(mark), FIRST_TEXT);
  return {
    method: "POST",
    path: `/v1/images/${image.id}/comments`,
    token: author.token,
    body: { body: commentText(mark), parentId },
    expected: [201],
    onSuccess(success) {
      pending.acknowledge(success);
      looseComments.push({ id: jsonOf(success.answer).id, mark, author });
    },
  };
}

/**
 * If each last change is in doubt, changes a comment that does not exist, which is as much work.
 */
function edit({ random, comments, ledger, people, mark: newMark }: SeedData): Call {
  const settled = comments.filter(({ mark }) => ledger.isSettled(commentKey(mark)));
  if (settled.length === 0) {
    const token = random.pick(people).token;
    const body = { body: "nobody's" };
    return { method: "PATCH", path: `/v1/comments/${NO_ID}`, token, body, expected: [404] };
  }
  const { id, mark, author } = random.pick(settled);
  const text = newMark();
  const pending = ledger.write(commentKey(mark), text);
  return {
    method: "PATCH",
    path: `/v1/comments/${id}`,
    token: author.token,
    body: { body: commentText(mark, text) },
    expected: [200],
    onSuccess: pending.acknowledge,
  };
}

function remove({ random, people, ledger, looseComments }: SeedData): Call {
  const comment = looseComments.shift();
  if (comment === undefined) {
    const token = random.pick(people).token;
    return { method: "DELETE", path: `/v1/comments/${NO_ID}`, token, expected: [404] };
  }
  const pending = ledger.write(commentKey(comment.mark), null);
  return {
    method: "DELETE",
    path: `/v1/comments/${comment.id}`,
    token: comment.author.token,
    // 404 if the first of two attempts was executed and its answer lost.
    expected: [204, 404],
    onSuccess: pending.acknowledge,
  };
}
