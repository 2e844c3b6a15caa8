import type { Answer } from "#src/api.ts";
import { eventually } from "#src/eventually.ts";
import { newPerson, type Person } from "#src/person.ts";
import { readyImage } from "#src/pictures.ts";
import type { SystemUnderTest } from "./system-under-test.ts";

const PEOPLE = 40;
const ROUNDS = 8;

/**
 * A concurrent load: 40 users read and write the same rows at once. Nothing fails, and no count
 * contradicts its rows.
 */
export function concurrentLoad(system: SystemUnderTest): void {
  test("40 concurrent users cause no error and no row that contradicts another", async () => {
    const owner = await newPerson(system.api);
    const { id } = await readyImage(system.api, owner.token);
    const people = await Promise.all(Array.from({ length: PEOPLE }, () => newPerson(system.api)));
    const image = `/v1/images/${id}`;
    const wrong: string[] = [];

    const runUser = async ({ token }: Person) => {
      const call = async (method: string, path: string, body?: unknown) => {
        const ask = () => system.api.request(method, path, { token, body });
        // A busy machine may shed a read, and says so. A client then asks again.
        const isServed = ({ status }: Answer) => method !== "GET" || status !== 503;
        const answer = await eventually(ask, isServed);
        if (answer.status >= 400) wrong.push(`${method} ${path}: ${answer.bytes.toString()}`);
        return answer.json;
      };
      for (let round = 0; round < ROUNDS; round++) {
        await call("PUT", `${image}/like`);
        const comment = await call("POST", `${image}/comments`, { body: `round ${round}` });
        await Promise.all([call("GET", image), call("GET", `${image}/comments`)]);
        if (round % 2 === 1) await call("DELETE", `/v1/comments/${comment.id}`);
      }
    };
    await Promise.all(people.map(runUser));

    expect(wrong).toEqual([]);
    const { json } = await system.api.get(image);
    expect(json).toMatchObject({ likeCount: PEOPLE, commentCount: (PEOPLE * ROUNDS) / 2 });
    const ids = new Set<string>();
    for (let page = ""; ; ) {
      const path = `${image}/comments?pageSize=100${page}`;
      const { json: list } = await system.api.get(path);
      for (const comment of list.comments) ids.add(comment.id);
      if (list.nextPageToken === null) break;
      page = `&pageToken=${list.nextPageToken}`;
    }
    expect(ids.size).toBe((PEOPLE * ROUNDS) / 2);
  }, 120_000);
}
