import { newId } from "@triptych/chassis/ids/new-id";
import { encodePageToken } from "@triptych/chassis/ids/page-token";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { CommentOrder } from "@triptych/protos/comments/v1/comment_service_pb";
import { type CommentsUnderTest, startComments, type TestUser } from "./start-comments.ts";

let service: CommentsUnderTest;
let author: TestUser;

beforeAll(async () => {
  service = await startComments();
  author = await service.signIn();
});
afterAll(() => service[Symbol.asyncDispose]());

/** Writes comments, on a new image if none is given. Returns their ids, oldest first. */
async function writeMany(count: number, parentId?: string, onImage?: string) {
  const imageId = onImage ?? service.images.put({ ownerId: newId() });
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const options = parentId === undefined ? {} : { parentId };
    ids.push((await service.write(author, imageId, options)).id);
  }
  return { imageId, ids };
}

interface ListPage {
  readonly comments: readonly { readonly id: string }[];
  readonly nextPageToken: string;
}

/** Reads a list to its end, and returns the ids. `between` runs after each page. */
async function readAll(
  list: (pageToken: string) => Promise<ListPage>,
  between: () => Promise<void> = async () => {},
): Promise<string[]> {
  const ids: string[] = [];
  let pageToken = "";
  do {
    const page = await list(pageToken);
    ids.push(...page.comments.map(({ id }) => id));
    pageToken = page.nextPageToken;
    await between();
  } while (pageToken !== "");
  return ids;
}

describe("GetComment", () => {
  test("fails with COMMENT_NOT_FOUND if there is no such comment", async () => {
    const id = newId();
    await expect(service.client.getComment({ id }, contextFor())).rejects.toMatchObject({
      reason: "COMMENT_NOT_FOUND",
      metadata: { id },
    });
  });
});

describe("ListComments", () => {
  test("lists top-level comments, newest first or oldest first", async () => {
    const { imageId, ids } = await writeMany(3);
    await writeMany(1, ids[0], imageId);
    for (const [order, expected] of [
      [CommentOrder.UNSPECIFIED, ids.toReversed()],
      [CommentOrder.NEWEST, ids.toReversed()],
      [CommentOrder.OLDEST, ids],
    ] as const) {
      const list = await service.client.listComments({ imageId, order }, contextFor());
      expect(list.comments.map(({ id }) => id)).toEqual(expected);
      expect(list.nextPageToken).toBe("");
    }
  });

  test("lists a tombstone in its place, without author and body", async () => {
    const { imageId, ids } = await writeMany(1);
    const [id = ""] = ids;
    await writeMany(1, id, imageId);
    await service.client.deleteComment({ id }, author.context());
    const { comments } = await service.client.listComments({ imageId }, contextFor());
    expect(comments).toMatchObject([{ id, authorId: "", body: "", deleted: true, replyCount: 1 }]);
  });

  test("returns 20 comments by default, and 100 at most", async () => {
    const { imageId } = await writeMany(101);
    for (const [pageSize, expected] of [
      [0, 20],
      [100, 100],
      [1_000, 100],
    ] as const) {
      const page = await service.client.listComments({ imageId, pageSize }, contextFor());
      expect(page.comments).toHaveLength(expected);
      expect(page.nextPageToken).not.toBe("");
    }
  });

  test("returns no page token with a last page that is full", async () => {
    const { imageId } = await writeMany(4);
    const first = await service.client.listComments({ imageId, pageSize: 2 }, contextFor());
    const { nextPageToken: pageToken } = first;
    const second = await service.client.listComments(
      { imageId, pageSize: 2, pageToken },
      contextFor(),
    );
    expect(second.comments).toHaveLength(2);
    expect(second.nextPageToken).toBe("");
  });

  test.each([
    ["newest", CommentOrder.NEWEST],
    ["oldest", CommentOrder.OLDEST],
  ])(
    "pages through comments, %s first, each once, while others write and delete",
    async (_word, order) => {
      const { imageId, ids } = await writeMany(12);
      const stay = ids.filter((_, index) => index % 3 !== 0);
      const go = ids.filter((_, index) => index % 3 === 0);
      const list = (pageToken: string) =>
        service.client.listComments({ imageId, order, pageSize: 2, pageToken }, contextFor());
      const shown = await readAll(list, async () => {
        await writeMany(1, undefined, imageId);
        const id = go.pop();
        if (id !== undefined) await service.client.deleteComment({ id }, author.context());
      });
      expect(new Set(shown).size).toBe(shown.length);
      const expected = order === CommentOrder.OLDEST ? stay : stay.toReversed();
      expect(shown.filter((id) => stay.includes(id))).toEqual(expected);
    },
  );

  test("fails with IMAGE_NOT_FOUND if there is no such image", async () => {
    const call = service.client.listComments({ imageId: newId() }, contextFor());
    await expect(call).rejects.toMatchObject({ reason: "IMAGE_NOT_FOUND" });
  });

  test("names every bad field at once", async () => {
    const request = { imageId: "x", order: 9 as CommentOrder, pageSize: -1, pageToken: "?" };
    await expect(service.client.listComments(request, contextFor())).rejects.toMatchObject({
      reason: "INVALID_ARGUMENT",
      violations: [
        { field: "image_id" },
        { field: "order" },
        { field: "page_size" },
        { field: "page_token" },
      ],
    });
  });

  test("refuses the page token of another image, order or method, and a made-up one", async () => {
    const { imageId, ids } = await writeMany(2);
    const [id = ""] = ids;
    const tokenOf = async (of: { imageId: string; order?: CommentOrder }) =>
      (await service.client.listComments({ ...of, pageSize: 1 }, contextFor())).nextPageToken;
    const other = await writeMany(2);
    const replies = encodePageToken(["ListReplies", id], [id]);
    const noId = encodePageToken(["ListComments", imageId, "newest"], ["'; drop table comments"]);
    const own = await tokenOf({ imageId });
    for (const pageToken of [
      await tokenOf({ imageId: other.imageId }),
      await tokenOf({ imageId, order: CommentOrder.OLDEST }),
      replies,
      noId,
      `${own.slice(0, -4)}AAAA`,
      "made up",
      "A".repeat(10_000),
    ]) {
      const call = service.client.listComments({ imageId, pageToken }, contextFor());
      await expect(call).rejects.toMatchObject({
        reason: "INVALID_ARGUMENT",
        violations: [{ field: "page_token" }],
      });
    }
  });
});

describe("ListReplies", () => {
  test("pages through direct replies, oldest first, without the replies to them", async () => {
    const { imageId, ids } = await writeMany(1);
    const [commentId = ""] = ids;
    const replies = await writeMany(5, commentId, imageId);
    await writeMany(2, replies.ids[0], imageId);
    const shown = await readAll((pageToken) =>
      service.client.listReplies({ commentId, pageSize: 2, pageToken }, contextFor()),
    );
    expect(shown).toEqual(replies.ids);
  });

  test("lists the replies to a tombstone", async () => {
    const { imageId, ids } = await writeMany(1);
    const [commentId = ""] = ids;
    const replies = await writeMany(1, commentId, imageId);
    await service.client.deleteComment({ id: commentId }, author.context());
    const { comments } = await service.client.listReplies({ commentId }, contextFor());
    expect(comments.map(({ id }) => id)).toEqual(replies.ids);
  });

  test("fails with COMMENT_NOT_FOUND if there is no such comment", async () => {
    const call = service.client.listReplies({ commentId: newId() }, contextFor());
    await expect(call).rejects.toMatchObject({ reason: "COMMENT_NOT_FOUND" });
  });

  test("fails with INVALID_ARGUMENT for the page token of another comment's replies", async () => {
    const { imageId, ids } = await writeMany(2);
    const [first = "", second = ""] = ids;
    await writeMany(2, first, imageId);
    const { nextPageToken: pageToken } = await service.client.listReplies(
      { commentId: first, pageSize: 1 },
      contextFor(),
    );
    const call = service.client.listReplies({ commentId: second, pageToken }, contextFor());
    await expect(call).rejects.toMatchObject({ violations: [{ field: "page_token" }] });
  });
});
