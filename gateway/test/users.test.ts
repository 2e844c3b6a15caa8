import { ADA, SESSION, userMessage } from "./fake-services.ts";
import { bodyOf, startTestGateway, type TestGateway } from "./test-gateway.ts";

describe("the routes of users", () => {
  let gateway: TestGateway;
  const asked: unknown[] = [];

  beforeAll(async () => {
    gateway = await startTestGateway({
      users: {
        createUser: async (request) => {
          asked.push(request);
          return { ...userMessage(ADA, request.handle), email: request.email };
        },
        getUser: async ({ id }, { caller }) => ({
          ...userMessage(id),
          ...(caller.kind === "user" && caller.userId === id && { email: "ada@example.com" }),
        }),
        listUsers: async (request) => {
          asked.push(request);
          return { users: [userMessage()], nextPageToken: "next" };
        },
        updateUser: async ({ user, updateMask }) => {
          asked.push({ user, paths: updateMask?.paths });
          return { ...userMessage(), displayName: user?.displayName ?? "", etag: "2" };
        },
      },
    });
  });
  afterEach(() => asked.splice(0));
  afterAll(() => gateway[Symbol.asyncDispose]());

  test("creates an account", async () => {
    const response = await gateway.fetch("/v1/users", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        handle: "ada",
        email: "ada@example.com",
        password: "a long password",
      }),
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("location")).toBe(`/v1/users/${ADA}`);
    expect(response.headers.get("etag")).toMatch(/^"1\.[\w-]{16}"$/);
    expect(await bodyOf(response)).toEqual({
      id: ADA,
      handle: "ada",
      displayName: "The ada",
      bio: "",
      avatarImageId: null,
      followerCount: 0,
      followingCount: 0,
      createTime: "2026-11-22T10:00:00.000Z",
      email: "ada@example.com",
    });
  });

  test("leaves the blanks around every field of an account away, but for its password", async () => {
    const account = { handle: " ada\u200B", email: " ada@example.com\n", displayName: "\u200B" };
    const response = await gateway.fetch("/v1/users", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...account, password: " a long password " }),
    });
    expect(response.status).toBe(201);
    expect(asked).toEqual([
      expect.objectContaining({
        handle: "ada",
        email: "ada@example.com",
        displayName: "",
        password: " a long password ",
      }),
    ]);
  });

  test("names every bad field of a body at once, unknown members too", async () => {
    const response = await gateway.fetch("/v1/users", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ handle: "A!", password: "short", displayName: 7, admin: true }),
    });
    expect(response.status).toBe(400);
    const { code, errors } = await bodyOf(response);
    expect(code).toBe("INVALID_ARGUMENT");
    expect(errors).toEqual(
      expect.arrayContaining([
        { field: "handle", message: "must have 3 to 30 characters of a-z, 0-9 and _" },
        { field: "email", message: "is required" },
        { field: "password", message: "must have at least 12 characters" },
        { field: "displayName", message: "must be a text" },
        { field: "admin", message: "is not a member that is known here" },
      ]),
    );
    expect(errors).toHaveLength(5);
  });

  test("shows an e-mail address to its user only", async () => {
    const me = await gateway.fetch("/v1/users/me", { headers: await gateway.as(ADA) });
    expect((await bodyOf(me)).email).toBe("ada@example.com");
    const other = await gateway.fetch(`/v1/users/${ADA}`);
    expect(await bodyOf(other)).not.toHaveProperty("email");
  });

  test("changes only the given members, and clears the avatar with null", async () => {
    const response = await gateway.fetch("/v1/users/me", {
      method: "PATCH",
      headers: { ...(await gateway.as(ADA)), "content-type": "application/json" },
      body: JSON.stringify({ displayName: "Ada", avatarImageId: null }),
    });
    expect(response.status).toBe(200);
    expect(asked).toMatchObject([{ paths: ["display_name", "avatar_image_id"] }]);
  });

  test("refuses a change without a member", async () => {
    const response = await gateway.fetch("/v1/users/me", {
      method: "PATCH",
      headers: { ...(await gateway.as(ADA)), "content-type": "application/json" },
      body: "{}",
    });
    expect(response.status).toBe(400);
    expect((await bodyOf(response)).errors).toHaveLength(1);
  });

  test("finds users by handle or query, and requires one of them", async () => {
    const found = await gateway.fetch("/v1/users?handle=ada&pageSize=1000&unknown=1");
    expect(await bodyOf(found)).toMatchObject({
      users: [{ handle: "ada" }],
      nextPageToken: "next",
    });
    expect(asked).toMatchObject([{ handle: "ada", pageSize: 100 }]);
    const neither = await gateway.fetch("/v1/users");
    expect(neither.status).toBe(400);
    expect(await bodyOf(neither)).toMatchObject({
      errors: [{ field: "handle" }, { field: "query" }],
    });
  });
});

describe("the routes of sessions", () => {
  const deleted: string[] = [];
  const tokens = { accessToken: "a.b.c", expiresInSeconds: 600, refreshToken: "r" };
  const time = userMessage().createTime;
  let gateway: TestGateway;
  let userAgent = "";

  beforeAll(async () => {
    gateway = await startTestGateway({
      users: {
        createSession: async (request) => {
          userAgent = request.userAgent;
          return { tokens, user: { ...userMessage(), email: "ada@example.com" } };
        },
        refreshSession: async () => ({ tokens, user: userMessage() }),
        listSessions: async () => ({
          sessions: [
            {
              id: SESSION,
              userAgent: "curl",
              createTime: time,
              refreshTime: time,
              expireTime: time,
            },
          ],
        }),
        deleteSession: async ({ id }) => {
          deleted.push(id);
          return {};
        },
      },
    });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test("signs in, and passes the user agent on to users", async () => {
    const response = await gateway.fetch("/v1/sessions", {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "x".repeat(300) },
      body: JSON.stringify({ login: "ada", password: "a long password" }),
    });
    expect(response.status).toBe(201);
    expect(await bodyOf(response)).toMatchObject({
      accessToken: "a.b.c",
      tokenType: "Bearer",
      expiresIn: 600,
      refreshToken: "r",
      user: { handle: "ada", email: "ada@example.com" },
    });
    expect(userAgent).toBe("x".repeat(256));
  });

  test("refreshes, lists and ends sessions", async () => {
    const headers = await gateway.as(ADA);
    const refreshed = await gateway.fetch("/v1/sessions/refresh", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ refreshToken: "r" }),
    });
    expect(refreshed.status).toBe(200);
    const listed = await gateway.fetch("/v1/sessions", { headers });
    expect(await bodyOf(listed)).toEqual({
      sessions: [
        {
          id: SESSION,
          userAgent: "curl",
          current: true,
          createTime: "2026-11-22T10:00:00.000Z",
          lastUseTime: "2026-11-22T10:00:00.000Z",
          expireTime: "2026-11-22T10:00:00.000Z",
        },
      ],
      nextPageToken: null,
    });
    for (const id of ["current", ADA]) {
      const ended = await gateway.fetch(`/v1/sessions/${id}`, { method: "DELETE", headers });
      expect(ended.status).toBe(204);
    }
    expect(deleted).toEqual([SESSION, ADA]);
  });
});
