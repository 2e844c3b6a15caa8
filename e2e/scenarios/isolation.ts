import type { Answer } from "#src/api.ts";
import { newPerson, type Person } from "#src/person.ts";
import { readyImage } from "#src/pictures.ts";
import type { OwnSystem } from "./system-under-test.ts";

/**
 * Fault isolation: takes each part away in turn. Routes that do not need it answer as before, and
 * decorated answers say what is missing.
 */
export function isolation(system: OwnSystem): void {
  describe("fault isolation", () => {
    let person: Person;
    let imageId: string;
    let commentId: string;

    beforeAll(async () => {
      person = await newPerson(system.api);
      const image = await readyImage(system.api, person.token);
      imageId = image.id;
      const body = { body: "before" };
      const path = `/v1/images/${imageId}/comments`;
      const written = await system.api.request("POST", path, { token: person.token, body });
      commentId = written.json.id;
    });

    const get = (path: string) => system.api.get(path, person.token);
    /** For a moment the gateway answers from its cache. After that it misses the source. */
    const untilDegraded = (path: string) =>
      system.api.until(({ json }) => "degraded" in json, path, person.token);
    const stale = (source: string) => [{ source, effect: "stale", asOf: expect.any(String) }];
    const statuses = (answers: Answer[]) => answers.map(({ status }) => status);

    /** Acts while a part is away, then waits until every answer is whole again. */
    const without = async (part: string, act: () => Promise<void>) => {
      await system.stack.command("stop", part);
      try {
        await act();
      } finally {
        await system.stack.command("start", part);
      }
      const paths = [`/v1/images/${imageId}`, `/v1/images/${imageId}/comments`, "/v1/users/me"];
      for (const path of paths) {
        const isWhole = ({ status, json }: Answer) => status === 200 && !("degraded" in json);
        const answer = await system.api.until(isWhole, path, person.token);
        expect([path, isWhole(answer)]).toEqual([path, true]);
      }
    };

    const expectRefused = async (method: string, path: string, body?: unknown) => {
      const refused = await system.api.request(method, path, { token: person.token, body });
      expect([path, refused.status]).toEqual([path, 503]);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
      expect(refused.json.code).toMatch(/^[A-Z_]+$/);
    };

    test.each(["users", "users-db"])(
      "without %s images and comments go on working",
      async (part) => {
        await without(part, async () => {
          const image = await untilDegraded(`/v1/images/${imageId}`);
          expect(image).toMatchObject({
            status: 200,
            json: {
              owner: { handle: person.handle },
              ownerId: person.id,
              commentCount: expect.any(Number),
              degraded: stale("users"),
            },
          });
          const list = await untilDegraded(`/v1/images/${imageId}/comments`);
          expect(list.json).toMatchObject({
            comments: [{ author: { handle: person.handle }, authorId: person.id }],
            degraded: stale("users"),
          });
          const path = `/v1/images/${imageId}`;
          const writes = [
            await system.api.request("PUT", `${path}/like`, { token: person.token }),
            await system.api.request("PATCH", path, { token: person.token, body: { title: "on" } }),
          ];
          expect(statuses(writes)).toEqual([204, 200]);
          await expectRefused("GET", "/v1/users/me");
          await expectRefused("POST", "/v1/sessions", { login: person.handle, password: "x" });
        });
      },
    );

    test.each(["comments", "comments-db"])(
      "without %s users and images go on working",
      async (part) => {
        await without(part, async () => {
          const image = await untilDegraded(`/v1/images/${imageId}`);
          expect(image).toMatchObject({
            status: 200,
            json: {
              owner: { handle: person.handle },
              commentCount: expect.any(Number),
              degraded: stale("comments"),
            },
          });
          expect(statuses([await get("/v1/users/me"), await get("/v1/images")])).toEqual([
            200, 200,
          ]);
          await expectRefused("GET", `/v1/images/${imageId}/comments`);
          await expectRefused("GET", `/v1/comments/${commentId}`);
        });
      },
    );

    test.each(["images", "images-db"])("without %s users go on working", async (part) => {
      await without(part, async () => {
        const users = [await get("/v1/users/me"), await get(`/v1/users/${person.id}`)];
        expect(statuses(users)).toEqual([200, 200]);
        const bio = await system.api.request("PATCH", "/v1/users/me", {
          token: person.token,
          body: { bio: `without ${part}` },
        });
        expect(bio.status).toBe(200);
        await expectRefused("GET", `/v1/images/${imageId}`);
        await expectRefused("GET", `/v1/images/${imageId}/comments`);
        await expectRefused("GET", `/v1/images/${imageId}/content`);
        await expectRefused("PATCH", "/v1/users/me", { avatarImageId: imageId });
      });
    });

    const stateOf = (service: string, { json }: Answer) =>
      json.services.find(({ name }: { name: string }) => name === service).state;
    const untilState = async (service: string, state: string) => {
      const isSo = (answer: Answer) => stateOf(service, answer) === state;
      expect(stateOf(service, await system.api.until(isSo, "/v1/status"))).toBe(state);
    };

    test.each([
      ["comments", "down"],
      ["comments-db", "degraded"],
    ])(
      "the status page says that without %s comments is %s, and then that it is back",
      async (part, state) => {
        await without(part, () => untilState("comments", state));
        await untilState("comments", "up");
      },
    );

    test("a read-only service answers reads, refuses writes and says that it is degraded", async () => {
      const write = () =>
        system.api.request("PATCH", `/v1/comments/${commentId}`, {
          token: person.token,
          body: { body: "changed" },
        });
      await system.stack.command("read-only", "comments");
      try {
        const refused = await write();
        expect([refused.status, refused.json.code]).toEqual([503, "READ_ONLY"]);
        expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
        const read = await get(`/v1/comments/${commentId}`);
        expect([read.status, read.json.body]).toEqual([200, "before"]);
        await untilState("comments", "degraded");
      } finally {
        await system.stack.command("writable", "comments");
      }
      expect((await write()).status).toBe(200);
      await untilState("comments", "up");
    });
  });
}
