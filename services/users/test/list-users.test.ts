import { contextFor } from "@triptych/chassis/testing/test-context";
import { newHandle, startUsers, type UsersUnderTest } from "./start-users.ts";

let service: UsersUnderTest;

beforeAll(async () => {
  service = await startUsers();
});
afterAll(() => service[Symbol.asyncDispose]());

async function search(query: string): Promise<readonly string[]> {
  const { users } = await service.client.listUsers({ query }, contextFor());
  return users.map(({ handle }) => handle);
}

describe("ListUsers by handle", () => {
  test("returns the user of the handle in any case, without the e-mail address", async () => {
    const { id, handle } = await service.register();
    for (const typed of [handle.toUpperCase(), ` ${handle}\u200B`]) {
      const request = { handle: typed };
      const { users, nextPageToken } = await service.client.listUsers(request, contextFor());
      expect(users.map((user) => user.id)).toEqual([id]);
      expect(users[0]?.email).toBeUndefined();
      expect(nextPageToken).toBe("");
    }
  });

  test("returns none for a handle that is free or malformed", async () => {
    for (const handle of [newHandle(), "a b", "%", "x".repeat(80)]) {
      expect(await service.client.listUsers({ handle }, contextFor())).toMatchObject({ users: [] });
    }
  });
});

describe("ListUsers by prefix", () => {
  test("finds a prefix of handle or display name in any case, in the handles' order", async () => {
    await service.register({ handle: "zoe_lark", displayName: "Zoë" });
    await service.register({ handle: "bird_9", displayName: "ZOE Larkin" });
    await service.register({ handle: "azoe_lark", displayName: "A Zoe" });
    expect(await search("zOe")).toEqual(["bird_9", "zoe_lark"]);
    expect(await search("zoe ")).toEqual(["bird_9"]);
    expect(await search("ZOË")).toEqual(["zoe_lark"]);
    expect(await search("ZOE\u0308")).toEqual(["zoe_lark"]);
  });

  test("refuses a prefix that shows nothing", async () => {
    for (const query of ["", " ", "\u200B", "\u2060\uFE0F"]) {
      await expect(search(query)).rejects.toMatchObject({ reason: "INVALID_ARGUMENT" });
    }
  });

  test("finds a user by a changed display name", async () => {
    const ada = await service.signIn();
    const user = { displayName: "Countess Ada" };
    await service.client.updateUser(
      { user, updateMask: { paths: ["display_name"] } },
      ada.context(),
    );
    expect(await search("countess a")).toEqual([ada.user.handle]);
  });

  test("finds beginnings of a long display name, up to the longest that are searched by", async () => {
    const displayName = `${"long name ".repeat(7)}end`;
    await service.register({ handle: "long_1", displayName });
    await service.register({ handle: "long_2", displayName: displayName.slice(0, 39) });
    for (const length of [1, 31, 32, 33, 39]) {
      const found = await search(displayName.slice(0, length));
      expect(found).toEqual(expect.arrayContaining(["long_1", "long_2"]));
    }
    for (const length of [40, displayName.length]) {
      expect(await search(displayName.slice(0, length))).toEqual(["long_1"]);
    }
  });

  test("no longer finds a user by the display name that was", async () => {
    const { handle, id } = await service.register({ displayName: "Old Name" });
    expect(await search("old name")).toEqual([handle]);
    await service.database
      .for(id)
      .write({ name: "rename", text: "update users set display_name_key = 'new' where id = $1" }, [
        id,
      ]);
    expect(await search("old name")).toEqual([]);
    expect(await search("new")).toContain(handle);
    await service.database
      .for(id)
      .write({ name: "remove", text: "delete from users where id = $1" }, [id]);
    expect(await search("new")).not.toContain(handle);
  });

  test("treats the wildcards of SQL as plain characters", async () => {
    await service.register({ handle: "w_under", displayName: "100% wool" });
    await service.register({ handle: "wxunder", displayName: "100 sheep" });
    expect(await search("w_u")).toEqual(["w_under"]);
    expect(await search("100%")).toEqual(["w_under"]);
    expect(await search("%")).toEqual([]);
    expect(await search("_")).toEqual([]);
    expect(await search("\\")).toEqual([]);
    expect(await search("'; drop table users; --")).toEqual([]);
  });

  test("returns nobody twice and omits nobody while others register", async () => {
    const handles = Array.from({ length: 25 }, (_, index) => `page_${10 + index}`);
    // The display names match too, so that both halves of the search find each user.
    await Promise.all(handles.map((handle) => service.register({ handle, displayName: handle })));
    const seen: string[] = [];
    let pageToken = "";
    for (let page = 0; page === 0 || pageToken !== ""; page++) {
      const request = { query: "page_", pageSize: 10, pageToken };
      const { users, nextPageToken } = await service.client.listUsers(request, contextFor());
      seen.push(...users.map(({ handle }) => handle));
      await service.register({ handle: `page_0${page}` });
      await service.register({ handle: `page_9${page}` });
      pageToken = nextPageToken;
    }
    expect(seen.filter((handle) => handles.includes(handle))).toEqual(handles);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test("returns no page token with a last page that is full", async () => {
    await service.register({ handle: "full_1" });
    await service.register({ handle: "full_2" });
    const request = { query: "full_", pageSize: 2 };
    const { users, nextPageToken } = await service.client.listUsers(request, contextFor());
    expect(users).toHaveLength(2);
    expect(nextPageToken).toBe("");
  });

  test("fails with INVALID_ARGUMENT for a made-up page token, or one of another query", async () => {
    await service.register({ handle: "token_1" });
    await service.register({ handle: "token_2" });
    const { nextPageToken } = await service.client.listUsers(
      { query: "token_", pageSize: 1 },
      contextFor(),
    );
    expect(nextPageToken).not.toBe("");
    const requests = [
      { query: "token", pageToken: nextPageToken },
      { handle: "token_1", pageToken: nextPageToken },
      { query: "token_", pageToken: "bm90IGEgdG9rZW4" },
    ];
    for (const request of requests) {
      await expect(service.client.listUsers(request, contextFor())).rejects.toMatchObject({
        reason: "INVALID_ARGUMENT",
        violations: [{ field: "page_token" }],
      });
    }
  });

  test.each([
    ["neither handle nor query", {}, ["handle", "query"]],
    ["both", { handle: "ada", query: "a" }, ["handle", "query"]],
    ["an empty query", { query: "" }, ["query"]],
    ["a query of 81 characters", { query: "🦋".repeat(81) }, ["query"]],
    ["NUL in the query", { query: "a\0" }, ["query"]],
    ["NUL in the handle", { handle: "a\0" }, ["handle"]],
    ["a negative page size", { query: "a", pageSize: -1 }, ["page_size"]],
    [
      "several bad fields",
      { pageSize: -1, pageToken: "x" },
      ["handle", "query", "page_size", "page_token"],
    ],
  ])("fails with INVALID_ARGUMENT for %s", async (_what, request, fields) => {
    await expect(service.client.listUsers(request, contextFor())).rejects.toMatchObject({
      reason: "INVALID_ARGUMENT",
      violations: fields.map((field) => ({ field })),
    });
  });
});
