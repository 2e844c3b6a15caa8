import assert from "node:assert/strict";
import type { Database } from "@triptych/chassis/database/database";
import { newId } from "@triptych/chassis/ids/new-id";
import { findStatementNames } from "@triptych/chassis/testing/plans/explain-statements";
import {
  findGrowth,
  findPlanFaults,
  type HotStatements,
  type MeasuredPlans,
  measurePlans,
  type Scenarios,
} from "@triptych/chassis/testing/plans/measure-plans";
import { numberedId } from "@triptych/chassis/testing/plans/numbered-ids";
import {
  type ExplainedDatabase,
  startExplainedDatabase,
} from "@triptych/chassis/testing/plans/start-explained-database";
import { toUnplaced, type UnplacedComment } from "#domain/comment.ts";
import type { CommentOrder } from "#domain/comment-repository.ts";
import type { CommentTransaction } from "#domain/comment-transaction.ts";
import { MIGRATIONS } from "#migrations.ts";
import { createCommentRepository } from "#repository/comment-repository.ts";
import { insertWaiting } from "#repository/insert-comments.ts";

/** The indexes of each statement that a request runs. */
const HOT = {
  select_comment: ["comments_id"],
  select_comments_newest: ["comments_top_level"],
  select_comments_oldest: ["comments_top_level"],
  select_replies: ["comments_replies"],
  select_comment_counts: ["image_comment_counts_key"],
  insert_comments: ["comments_id"],
  insert_comments_unlocked: ["comments_id", "image_comment_counts_key"],
  lock_comment: ["comments_id"],
  update_comment: ["comments_id"],
  delete_comment: ["comments_id"],
  decrement_reply_count: ["comments_id"],
  decrement_comment_count: ["image_comment_counts_key"],
} as const satisfies HotStatements;

/** Every other statement, and why its plan does not matter. */
const COLD: Readonly<Record<string, string>> = {};

const FEW = 3_000;
const MANY = 10 * FEW;
/** The largest page, and the row that tells whether another follows. */
const PAGE = 101;

/** The image of every second comment. A quarter of all are replies to one of its comments. */
const IMAGE = numberedId(0);
const PARENT = numberedId(1);
const AUTHOR = numberedId(7);

let explained: ExplainedDatabase;
let few: MeasuredPlans;
let many: MeasuredPlans;

beforeAll(async () => {
  explained = await startExplainedDatabase(MIGRATIONS);
  await addComments(1, FEW);
  few = await measurePlans(explained, scenariosOf(explained.database, 6));
  await addComments(FEW + 1, MANY);
  many = await measurePlans(explained, scenariosOf(explained.database, 10));
});
afterAll(() => explained[Symbol.asyncDispose]());

/**
 * Adds the comments with these numbers. Those of one image do not lie side by side in the table, as
 * if many images were commented on at once. An eighth are tombstones.
 */
async function addComments(from: number, to: number): Promise<void> {
  await explained.query(`
    insert into comments (image_id, id, parent_id, author_id, depth, body, reply_count, edited,
      deleted, version, create_time, update_time)
    select
      numbered_id(case when n % 2 = 0 or n = 1 then 0 else n / 20 end), numbered_id(n),
      case when n % 4 = 2 then numbered_id(1) end,
      case when n % 8 <> 4 then numbered_id(7) end,
      case when n % 4 = 2 then 2 else 1 end,
      case when n % 8 <> 4 then repeat('words ', 20) else '' end,
      1, false, n % 8 = 4, 1, now(), now()
    from generate_series(${from}, ${to}) as n`);
  await explained.query(`
    insert into image_comment_counts (image_id, count)
    select numbered_id(n - 1), 1 from generate_series(${from}, ${to}) as n`);
  await explained.vacuum("comments", "image_comment_counts");
}

/** What requests ask for; `removed` is a reply that is there. */
function scenariosOf(database: Database, removed: number): Scenarios {
  const comments = createCommentRepository(database);
  const { signal } = new AbortController();
  const list = (order: CommentOrder, after?: number) => () =>
    comments.listComments([{ imageId: IMAGE, order, ...pageAfter(after) }], signal);
  const replies = (after?: number) => () =>
    comments.listReplies({ imageId: IMAGE, parentId: PARENT, ...pageAfter(after) }, signal);
  const create = (parentId: string | undefined) => () =>
    comments.insertComment(newComment(parentId), signal);
  const imageIds = Array.from({ length: 30 }, (_, index) => numberedId(index * 3));
  return {
    "a comment": () => comments.findComment(numberedId(FEW / 2), signal),
    "the newest comments": list("newest"),
    "the newest comments, deep": list("newest", FEW / 2),
    "the newest comments, last page": list("newest", PAGE * 4),
    "the oldest comments": list("oldest"),
    "the oldest comments, deep": list("oldest", FEW / 2),
    "the oldest comments, as deep as there are few": list("oldest", FEW - PAGE * 5),
    replies: replies(),
    "replies, deep": replies(FEW / 2),
    "replies, as deep as there are few": replies(FEW - PAGE * 5),
    "counts of 30 images": () => comments.countComments(imageIds, signal),
    "a new comment": create(undefined),
    "a new reply": create(PARENT),
    "comments that wait for a row": () =>
      insertWaiting(database, [newComment(undefined), newComment(PARENT)], signal),
    "a change": () => comments.changeComments(IMAGE, change, signal),
    "a removal": () => comments.changeComments(IMAGE, (them) => remove(them, removed), signal),
  };
}

function pageAfter(number: number | undefined) {
  return { after: number === undefined ? undefined : [numberedId(number)], limit: PAGE } as const;
}

function newComment(parentId: string | undefined): UnplacedComment {
  const fields = { imageId: IMAGE, authorId: AUTHOR, parentId, body: "a comment" };
  return toUnplaced({ ...fields, id: newId() }, new Date());
}

async function change(comments: CommentTransaction): Promise<void> {
  const locked = await comments.lockComment(numberedId(8));
  assert(locked);
  await comments.updateComment(locked);
}

async function remove(comments: CommentTransaction, number: number): Promise<void> {
  assert(await comments.lockComment(numberedId(number)));
  await comments.deleteComment(numberedId(number));
  await comments.decrementReplyCount(PARENT);
  await comments.decrementCommentCount();
}

test("every statement is hot, with its indexes, or cold, for a reason", async () => {
  const names = await findStatementNames(new URL("../src/repository/", import.meta.url));
  expect(names).toEqual(Object.keys({ ...HOT, ...COLD }).sort());
});

test("every hot statement uses its indexes, scans no table and sorts no more than a page", () => {
  expect(findPlanFaults(many, HOT)).toEqual([]);
});

test("every request costs the same with ten times the rows", () => {
  expect(findGrowth(few, many)).toEqual([]);
});
