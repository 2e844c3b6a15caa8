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

describe("an answer while a service cannot be asked", () => {
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

  it("says what is absent when a service cannot be asked, and answers all the same", async () => {
    gateway.setAvailable("users", false);
    const withoutUsers = await gateway.fetch(`/v1/images/${IMAGE}`);
    expect(withoutUsers.status).toBe(200);
    expect(await bodyOf(withoutUsers)).toMatchObject({
      ownerId: ADA,
      owner: null,
      commentCount: 5,
      degraded: [{ source: "users", effect: "absent" }],
    });
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

  it("answers 503 with Retry-After when what is asked for cannot be had, and tells no address", async () => {
    gateway.setAvailable("comments", false);
    const response = await gateway.fetch(`/v1/comments/${COMMENT}`);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(await bodyOf(response)).toMatchObject({
      code: "SERVICE_UNAVAILABLE",
      detail: "Try again in a moment.",
    });
  });

  it("has another tag than the whole one, so that 304 never stands for it", async () => {
    const tag = (await gateway.fetch(`/v1/images/${IMAGE}`)).headers.get("etag") ?? "";
    gateway.setAvailable("users", false);
    const headers = { "if-none-match": tag };
    const degraded = await gateway.fetch(`/v1/images/${IMAGE}`, { headers });
    expect(degraded.status).toBe(200);
    expect(degraded.headers.get("etag")).toMatch(/^"3\./);
  });

  it("leaves out who is gone, and does not call that degraded", async () => {
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

  it("tells how every service does", async () => {
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
