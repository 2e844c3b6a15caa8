import { status } from "@grpc/grpc-js";
import { ImageState } from "@triptych/protos/images/v1/image_pb";
import {
  ADA,
  BOB,
  COMMENT,
  commentMessage,
  IMAGE,
  imageMessage,
  refusal,
  userMessage,
} from "./fake-services.ts";
import { bodyOf, startTestGateway, type TestGateway } from "./test-gateway.ts";

const JSON_HEADERS = { "content-type": "application/json" };

describe("the routes of images, likes and comments", () => {
  let gateway: TestGateway;
  const asked: Record<string, unknown>[] = [];
  let changed: Partial<ReturnType<typeof imageMessage>> = {};
  let refused: Error | undefined;

  beforeAll(async () => {
    gateway = await startTestGateway({
      users: {
        batchGetUsers: async ({ ids }) => {
          asked.push({ batchGetUsers: ids });
          return { users: ids.map((id) => userMessage(id, id === ADA ? "ada" : "bob")) };
        },
      },
      images: {
        getImage: async ({ id }) => ({ ...imageMessage(id), ...changed }),
        listImages: async (request) => {
          asked.push({ listImages: request });
          return { images: [imageMessage(), imageMessage(COMMENT)], nextPageToken: "" };
        },
        updateImage: async ({ image, updateMask }) => {
          asked.push({ updateImage: image, paths: updateMask?.paths });
          if (image?.etag !== "" && image?.etag !== "3")
            throw refusal("ETAG_MISMATCH", status.ABORTED);
          return { ...imageMessage(), etag: "4" };
        },
        deleteImage: async ({ etag }) => {
          asked.push({ deleteImage: etag });
          if (refused !== undefined) throw refused;
          return {};
        },
        likeImage: async () => ({}),
        unlikeImage: async () => ({}),
        listLikes: async () => ({ likes: [{ userId: ADA }, { userId: BOB }] }),
      },
      comments: {
        batchGetCommentCounts: async ({ imageIds }) => ({
          counts: imageIds.map((imageId) => ({ imageId, count: 5 })),
        }),
        createComment: async ({ body }) => ({ ...commentMessage(), body }),
        getComment: async () => commentMessage(),
        listComments: async (request) => {
          asked.push({ listComments: request.order });
          return {
            comments: [
              commentMessage(),
              { ...commentMessage(ADA), authorId: "", body: "", deleted: true },
            ],
          };
        },
        listReplies: async () => ({ comments: [commentMessage()] }),
        updateComment: async ({ comment }) => ({ ...commentMessage(), body: comment?.body ?? "" }),
        deleteComment: async () => ({}),
      },
    });
  });
  beforeEach(() => {
    asked.splice(0);
    refused = undefined;
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test("returns an image with its owner, its comment count and the URLs of its variants", async () => {
    const response = await gateway.fetch(`/v1/images/${IMAGE}`, { headers: await gateway.as(BOB) });
    expect(response.status).toBe(200);
    expect(await bodyOf(response)).toEqual({
      id: IMAGE,
      ownerId: ADA,
      owner: { id: ADA, handle: "ada", displayName: "The ada", avatarImageId: null },
      title: "Harbour",
      description: "",
      tags: ["sea"],
      visibility: "public",
      commentsOpen: true,
      state: "ready",
      width: 4000,
      height: 3000,
      contentType: "image/jpeg",
      sizeBytes: 123,
      placeholder: "AQID",
      variants: [
        {
          name: "large",
          width: 2048,
          height: 1536,
          contentType: "image/webp",
          url: `/v1/images/${IMAGE}/content?variant=large&v=abc123`,
        },
      ],
      likeCount: 2,
      commentCount: 5,
      viewer: { liked: false },
      createTime: "2026-11-22T10:00:00.000Z",
      updateTime: "2026-11-22T10:00:00.000Z",
    });
  });

  test("returns null for the size of an image that failed, and of one that is not known", async () => {
    for (const state of [ImageState.FAILED, ImageState.PROCESSING]) {
      changed = { state, width: 0, height: 0, variants: [] };
      const response = await gateway.fetch(`/v1/images/${IMAGE}`);
      expect(await bodyOf(response)).toMatchObject({ width: null, height: null, variants: [] });
    }
    changed = {};
  });

  test("lists images, and requests each owner once", async () => {
    const response = await gateway.fetch(`/v1/images?owner=${ADA}&tag=sea&pageSize=5`);
    const body = await bodyOf(response);
    expect(body.images).toHaveLength(2);
    expect(body.nextPageToken).toBeNull();
    expect(body).not.toHaveProperty("degraded");
    expect(asked[0]).toEqual({
      listImages: expect.objectContaining({ ownerId: ADA, tag: "sea", pageSize: 5 }),
    });
    // The owner may still be cached by the test before.
    expect([[], [{ batchGetUsers: [ADA] }]]).toContainEqual(asked.slice(1));
  });

  test("writes an image of a list as the image alone, which its schema decides", async () => {
    for (const headers of [{}, await gateway.as(ADA)]) {
      const alone = await bodyOf(await gateway.fetch(`/v1/images/${IMAGE}`, { headers }));
      const list = await bodyOf(await gateway.fetch("/v1/images", { headers }));
      expect(list.images).toContainEqual(alone);
    }
  });

  test("answers 304 if the client has these bytes", async () => {
    const tag = (await gateway.fetch(`/v1/images/${IMAGE}`)).headers.get("etag") ?? "";
    expect(tag).toMatch(/^"3\.[\w-]{16}"$/);
    for (const header of [tag, `"x", W/${tag}`, "*"]) {
      const again = await gateway.fetch(`/v1/images/${IMAGE}`, {
        headers: { "if-none-match": header },
      });
      expect(again.status).toBe(304);
      expect(again.headers.get("etag")).toBe(tag);
      expect(await again.text()).toBe("");
    }
  });

  test.each([
    ['"3.aaaaaaaaaaaaaaaa"', 200],
    ["*", 200],
    ['"2.aaaaaaaaaaaaaaaa", "3.aaaaaaaaaaaaaaaa"', 200],
    ['"2.aaaaaaaaaaaaaaaa"', 412],
    ['"1.aaaaaaaaaaaaaaaa", "2.aaaaaaaaaaaaaaaa"', 412],
    ['W/"3.aaaaaaaaaaaaaaaa"', 412],
    ['"3"', 412],
    ["3", 412],
    ['"made-up"', 412],
  ])("answers a change with If-Match: %s by %d", async (header, expected) => {
    const response = await gateway.fetch(`/v1/images/${IMAGE}`, {
      method: "PATCH",
      headers: { ...(await gateway.as(ADA)), ...JSON_HEADERS, "if-match": header },
      body: JSON.stringify({ title: "New", visibility: "private" }),
    });
    expect(response.status).toBe(expected);
    if (expected === 412) expect((await bodyOf(response)).code).toBe("ETAG_MISMATCH");
  });

  test.each([
    ["*", 412],
    ['"3.aaaaaaaaaaaaaaaa"', 412],
    ['"2.aaaaaaaaaaaaaaaa", W/"3.aaaaaaaaaaaaaaaa"', 412],
    ['"2.aaaaaaaaaaaaaaaa"', 200],
    ['"made-up"', 200],
    ["nonsense", 200],
  ])("answers a change with If-None-Match: %s by %d", async (header, expected) => {
    const response = await gateway.fetch(`/v1/images/${IMAGE}`, {
      method: "PATCH",
      headers: { ...(await gateway.as(ADA)), ...JSON_HEADERS, "if-none-match": header },
      body: JSON.stringify({ title: "New" }),
    });
    expect(response.status).toBe(expected);
  });

  test("answers a write that would fail anyway by its reason, and not by 412", async () => {
    refused = refusal("NOT_IMAGE_OWNER", status.PERMISSION_DENIED);
    for (const condition of [{ "if-match": '"made-up"' }, { "if-none-match": "*" }]) {
      const response = await gateway.fetch(`/v1/images/${IMAGE}`, {
        method: "DELETE",
        headers: { ...(await gateway.as(BOB)), ...condition },
      });
      expect(response.status).toBe(403);
    }
  });

  test.each([
    ["if-match", (tag: string) => tag, 200],
    ["if-match", (tag: string) => `"x", ${tag}`, 200],
    ["if-match", () => "*", 200],
    ["if-match", (tag: string) => `W/${tag}`, 412],
    ["if-match", () => '"x"', 412],
    ["if-unmodified-since", () => "Sat, 01 Jan 2000 00:00:00 GMT", 200],
    ["if-modified-since", () => "Fri, 01 Jan 2100 00:00:00 GMT", 200],
  ])("answers a read with %s: %s by %d", async (name, value, expected) => {
    for (const path of [`/v1/images/${IMAGE}`, `/v1/comments/${COMMENT}`]) {
      const tag = (await gateway.fetch(path)).headers.get("etag") ?? "";
      for (const method of ["GET", "HEAD"]) {
        const response = await gateway.fetch(path, { method, headers: { [name]: value(tag) } });
        expect(response.status).toBe(expected);
      }
    }
  });

  test("answers 412 rather than 304 if both preconditions fail", async () => {
    const headers = { "if-match": '"x"', "if-none-match": "*" };
    expect((await gateway.fetch(`/v1/images/${IMAGE}`, { headers })).status).toBe(412);
  });

  test("answers 304 with the caching headers of 200", async () => {
    const whole = await gateway.fetch(`/v1/images/${IMAGE}`);
    const headers = { "if-none-match": "*" };
    const unchanged = await gateway.fetch(`/v1/images/${IMAGE}`, { headers });
    for (const name of ["etag", "cache-control", "vary", "content-location", "expires"]) {
      expect(unchanged.headers.get(name)).toBe(whole.headers.get(name));
    }
  });

  test("passes the version of If-Match on when an image is deleted", async () => {
    const response = await gateway.fetch(`/v1/images/${IMAGE}`, {
      method: "DELETE",
      headers: { ...(await gateway.as(ADA)), "if-match": '"3.aaaaaaaaaaaaaaaa"' },
    });
    expect(response.status).toBe(204);
    expect(asked).toEqual([{ deleteImage: "3" }]);
  });

  test("likes an image, unlikes it, and lists its likers", async () => {
    for (const method of ["PUT", "DELETE"]) {
      const headers = await gateway.as(ADA);
      const done = await gateway.fetch(`/v1/images/${IMAGE}/like`, { method, headers });
      expect(done.status).toBe(204);
    }
    const listed = await gateway.fetch(`/v1/images/${IMAGE}/likes`);
    expect(await bodyOf(listed)).toMatchObject({ users: [{ handle: "ada" }, { handle: "bob" }] });
  });

  test("creates, reads, changes and deletes comments, with their authors", async () => {
    const headers = { ...(await gateway.as(BOB)), ...JSON_HEADERS };
    const body = JSON.stringify({ body: "Hm" });
    const path = `/v1/images/${IMAGE}/comments`;
    const written = await gateway.fetch(path, { method: "POST", headers, body });
    expect(written.status).toBe(201);
    expect(await bodyOf(written)).toMatchObject({ body: "Hm", author: { handle: "bob" } });

    const listed = await bodyOf(await gateway.fetch(`${path}?order=oldest`));
    expect(listed.comments).toMatchObject([
      { authorId: BOB, author: { handle: "bob" }, parentId: null },
      { authorId: null, author: null, body: "", deleted: true },
    ]);
    expect(asked).toContainEqual({ listComments: 2 });

    const one = `/v1/comments/${COMMENT}`;
    expect((await gateway.fetch(one)).status).toBe(200);
    expect(await bodyOf(await gateway.fetch(`${one}/replies`))).toMatchObject({ comments: [{}] });
    expect((await gateway.fetch(one, { method: "PATCH", headers, body })).status).toBe(200);
    expect(
      (await gateway.fetch(one, { method: "DELETE", headers: await gateway.as(BOB) })).status,
    ).toBe(204);
  });
});
