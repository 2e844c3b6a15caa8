import type { Answer } from "#src/api.ts";
import { newPerson } from "#src/person.ts";
import { readyImage } from "#src/pictures.ts";
import type { SystemUnderTest } from "./system-under-test.ts";

/** Comments: writing, replies, changes, deletion, pagination. */
export function comments(system: SystemUnderTest): void {
  const write = (imageId: string, token: string, body: object): Promise<Answer> =>
    system.api.request("POST", `/v1/images/${imageId}/comments`, { token, body });

  describe("comments", () => {
    test("comments are returned with their author, and counted", async () => {
      const { token, handle } = await newPerson(system.api);
      const { id } = await readyImage(system.api, token);
      const written = await write(id, token, { body: "First!" });
      expect(written).toMatchObject({
        status: 201,
        json: { body: "First!", imageId: id, parentId: null, author: { handle }, edited: false },
      });
      const reply = await write(id, token, { body: "Second", parentId: written.json.id });
      expect(reply.json.parentId).toBe(written.json.id);
      const list = await system.api.get(`/v1/images/${id}/comments`);
      expect(list.json.comments).toMatchObject([{ body: "First!", replyCount: 1 }]);
      const replies = await system.api.get(`/v1/comments/${written.json.id}/replies`);
      expect(replies.json.comments).toMatchObject([{ body: "Second", author: { handle } }]);
      expect((await system.api.get(`/v1/images/${id}`)).json.commentCount).toBe(2);
    });

    test("comments are paged without loss or repetition while others write", async () => {
      const { token } = await newPerson(system.api);
      const { id } = await readyImage(system.api, token);
      for (let number = 0; number < 7; number++) await write(id, token, { body: `${number}` });
      const seen: string[] = [];
      let page = "";
      do {
        const path = `/v1/images/${id}/comments?order=newest&pageSize=3${page}`;
        const { json } = await system.api.get(path);
        seen.push(...json.comments.map(({ body }: { body: string }) => body));
        await write(id, token, { body: "meanwhile" });
        page = json.nextPageToken === null ? "" : `&pageToken=${json.nextPageToken}`;
      } while (page !== "");
      expect(seen).toEqual(["6", "5", "4", "3", "2", "1", "0"]);
    });

    test("a deleted comment leaves a tombstone if it has replies, and nothing otherwise", async () => {
      const { token } = await newPerson(system.api);
      const { id } = await readyImage(system.api, token);
      const { json: parent } = await write(id, token, { body: "parent" });
      const { json: reply } = await write(id, token, { body: "reply", parentId: parent.id });
      const remove = (commentId: string) =>
        system.api.request("DELETE", `/v1/comments/${commentId}`, { token });
      expect((await remove(parent.id)).status).toBe(204);
      const tombstone = await system.api.get(`/v1/comments/${parent.id}`);
      expect(tombstone.json).toMatchObject({
        deleted: true,
        body: "",
        authorId: null,
        author: null,
      });
      expect((await remove(reply.id)).status).toBe(204);
      const list = await system.api.get(`/v1/images/${id}/comments`);
      expect(list.json.comments).toEqual([]);
      expect((await system.api.get(`/v1/images/${id}`)).json.commentCount).toBe(0);
    });

    test("replies go no deeper than eight", async () => {
      const { token } = await newPerson(system.api);
      const { id } = await readyImage(system.api, token);
      let parentId: string | undefined;
      for (let depth = 1; depth <= 8; depth++) {
        const written = await write(id, token, { body: `${depth}`, parentId });
        expect(written.status).toBe(201);
        parentId = written.json.id;
      }
      const tooDeep = await write(id, token, { body: "9", parentId });
      expect(tooDeep).toMatchObject({ status: 422, json: { code: "TOO_DEEP" } });
    });

    test("a comment can be changed by its author, and deleted by its author and the image's owner", async () => {
      const [owner, author, other] = await Promise.all([
        newPerson(system.api),
        newPerson(system.api),
        newPerson(system.api),
      ]);
      const { id } = await readyImage(system.api, owner.token);
      const { json } = await write(id, author.token, { body: "mine" });
      const path = `/v1/comments/${json.id}`;
      const edit = (token: string) =>
        system.api.request("PATCH", path, { token, body: { body: "changed" } });
      expect((await edit(owner.token)).status).toBe(403);
      expect(await edit(author.token)).toMatchObject({ status: 200, json: { edited: true } });
      const remove = (token: string) => system.api.request("DELETE", path, { token });
      expect((await remove(other.token)).status).toBe(403);
      expect((await remove(owner.token)).status).toBe(204);
    });

    test("a comment is refused when the owner has closed the comments", async () => {
      const { token } = await newPerson(system.api);
      const { id } = await readyImage(system.api, token);
      const body = { commentsOpen: false };
      await system.api.request("PATCH", `/v1/images/${id}`, { token, body });
      const closed = await write(id, token, { body: "too late" });
      expect(closed).toMatchObject({ status: 403, json: { code: "COMMENTS_CLOSED" } });
    });
  });
}
