import { eventually } from "@triptych/chassis/testing/eventually";
import {
  ADA,
  BOB,
  COMMENT,
  commentMessage,
  IMAGE,
  imageMessage,
  userMessage,
} from "./fake-services.ts";
import { bodyOf, startTestGateway, type TestGateway } from "./test-gateway.ts";

describe("an answer while a service is down", () => {
  let gateway: TestGateway;

  beforeEach(async () => {
    gateway = await startTestGateway({
      users: { batchGetUsers: async ({ ids }) => ({ users: ids.map((id) => userMessage(id)) }) },
      images: {
        getImage: async ({ id }) => imageMessage(id),
        listImages: async () => ({ images: [imageMessage(), imageMessage(COMMENT)] }),
        listLikes: async () => ({ likes: [{ userId: ADA }, { userId: BOB }] }),
      },
      comments: {
        batchGetCommentCounts: async ({ imageIds }) => ({
          counts: imageIds.map((imageId) => ({ imageId, count: 5 })),
        }),
        getComment: async () => commentMessage(),
      },
    });
  });
  afterEach(() => gateway[Symbol.asyncDispose]());

  /** Repeats a request until its body is as wanted: fresh answers come from the cache meanwhile. */
  function until(
    path: string,
    isWanted: (body: string) => boolean,
    init: RequestInit = {},
  ): Promise<Response> {
    return eventually(async () => {
      const response = await gateway.fetch(path, init);
      return isWanted(await response.clone().text()) && response;
    });
  }

  const untilDegraded = (path: string, init: RequestInit = {}) =>
    until(path, (body) => body.includes("degraded"), init);

  test("is complete but for the absent part, which it names", async () => {
    gateway.setAvailable("users", false);
    const withoutUsers = await gateway.fetch(`/v1/images/${IMAGE}`);
    expect(withoutUsers.status).toBe(200);
    expect(await bodyOf(withoutUsers)).toMatchObject({
      ownerId: ADA,
      owner: null,
      commentCount: 5,
      degraded: [{ source: "users", effect: "absent" }],
    });
  });

  test("names every absent source when nothing of them is cached", async () => {
    gateway.setAvailable("users", false);
    gateway.setAvailable("comments", false);
    const withoutBoth = await gateway.fetch("/v1/images");
    expect(await bodyOf(withoutBoth)).toMatchObject({
      images: [{ owner: null, commentCount: null }, { owner: null }],
      degraded: [
        { source: "comments", effect: "absent" },
        { source: "users", effect: "absent" },
      ],
    });
    const likes = await gateway.fetch(`/v1/images/${IMAGE}/likes`);
    expect(await bodyOf(likes)).toEqual({
      users: [ADA, BOB].map((id) => ({
        id,
        handle: null,
        displayName: null,
        avatarImageId: null,
      })),
      nextPageToken: null,
      degraded: [{ source: "users", effect: "absent" }],
    });
  });

  test("is 503 with Retry-After and without an address when its main part is missing", async () => {
    gateway.setAvailable("comments", false);
    const response = await gateway.fetch(`/v1/comments/${COMMENT}`);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(await bodyOf(response)).toMatchObject({
      code: "SERVICE_UNAVAILABLE",
      detail: "Try again in a moment.",
    });
  });

  test("has another entity tag than the complete one, so that 304 never stands for it", async () => {
    const tag = (await gateway.fetch(`/v1/images/${IMAGE}`)).headers.get("etag") ?? "";
    gateway.setAvailable("users", false);
    const headers = { "if-none-match": tag };
    const degraded = await untilDegraded(`/v1/images/${IMAGE}`, { headers });
    expect(degraded.status).toBe(200);
    expect(degraded.headers.get("etag")).toMatch(/^"3\./);
  });

  test("shows cached owners and counts, and how old they are", async () => {
    const before = Date.now();
    expect(await bodyOf(await gateway.fetch(`/v1/images/${IMAGE}`))).not.toHaveProperty("degraded");
    gateway.setAvailable("users", false);
    gateway.setAvailable("comments", false);
    const degraded = await bodyOf(await untilDegraded(`/v1/images/${IMAGE}`));
    expect(degraded).toMatchObject({
      owner: { id: ADA },
      commentCount: 5,
      degraded: [
        { source: "comments", effect: "stale" },
        { source: "users", effect: "stale" },
      ],
    });
    for (const { asOf } of degraded.degraded as { readonly asOf: string }[]) {
      expect(Date.parse(asOf)).toBeGreaterThanOrEqual(before);
      expect(Date.parse(asOf)).toBeLessThanOrEqual(Date.now());
    }
    gateway.setAvailable("users", true);
    gateway.setAvailable("comments", true);
    await until(`/v1/images/${IMAGE}`, (body) => !body.includes("degraded"));
  });

  test("names a source as both stale and absent when the cache has a part of a list", async () => {
    await gateway.fetch(`/v1/images/${IMAGE}`);
    gateway.setAvailable("comments", false);
    const list = await bodyOf(await until("/v1/images", (body) => body.includes("stale")));
    expect(list).toMatchObject({
      images: [
        { id: IMAGE, commentCount: 5 },
        { id: COMMENT, commentCount: null },
      ],
      degraded: [
        { source: "comments", effect: "stale", asOf: expect.any(String) },
        { source: "comments", effect: "absent" },
      ],
    });
  });

  test("shows one's own new comment in the count at once, whatever is cached", async () => {
    let count = 5;
    await using other = await startTestGateway({
      users: { batchGetUsers: async ({ ids }) => ({ users: ids.map((id) => userMessage(id)) }) },
      images: { getImage: async ({ id }) => imageMessage(id) },
      comments: {
        batchGetCommentCounts: async () => ({ counts: [{ imageId: IMAGE, count }] }),
        createComment: async () => {
          count += 1;
          return commentMessage();
        },
      },
    });
    expect(await bodyOf(await other.fetch(`/v1/images/${IMAGE}`))).toMatchObject({
      commentCount: 5,
    });
    const written = await other.fetch(`/v1/images/${IMAGE}/comments`, {
      method: "POST",
      headers: { ...(await other.as(ADA)), "content-type": "application/json" },
      body: JSON.stringify({ body: "one more" }),
    });
    expect(written.status).toBe(201);
    expect(await bodyOf(await other.fetch(`/v1/images/${IMAGE}`))).toMatchObject({
      commentCount: 6,
    });
  });

  test("leaves out users that users does not know, and is not degraded by that", async () => {
    await using other = await startTestGateway({
      users: { batchGetUsers: async () => ({ users: [userMessage(BOB, "bob")] }) },
      images: {
        getImage: async () => imageMessage(),
        listLikes: async () => ({ likes: [{ userId: ADA }, { userId: BOB }] }),
      },
      comments: { batchGetCommentCounts: async () => ({ counts: [] }) },
    });
    const image = await bodyOf(await other.fetch(`/v1/images/${IMAGE}`));
    expect(image).toMatchObject({ ownerId: ADA, owner: null, commentCount: 0 });
    expect(image).not.toHaveProperty("degraded");
    const likes = await bodyOf(await other.fetch(`/v1/images/${IMAGE}/likes`));
    expect(likes.users).toMatchObject([{ id: BOB }]);
  });

  test("is not /v1/status, which shows the state of every service", async () => {
    gateway.setAvailable("comments", false);
    const { services } = await bodyOf(await gateway.fetch("/v1/status"));
    expect(services).toMatchObject([
      { name: "users", state: "up" },
      { name: "images", state: "up" },
      { name: "comments", state: "down" },
    ]);
    expect(JSON.stringify(services)).toContain("users.v1.UserService/GetUser");
  });
});
