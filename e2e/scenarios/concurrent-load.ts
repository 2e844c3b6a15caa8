import type { Answer } from "#src/api.ts";
import { eventually } from "#src/eventually.ts";
import { newPerson, type Person } from "#src/person.ts";
import { readyImage } from "#src/pictures.ts";
import type { SystemUnderTest } from "./system-under-test.ts";

const PEOPLE = 40;
const ROUNDS = 8;

/** The most requests that a busy machine may refuse: one of ten. */
const REFUSED_MAX = (PEOPLE * ROUNDS * 4) / 10;

/**
 * A concurrent load: 40 users read and write the same rows at once. Nothing fails, no count
 * contradicts its rows, and nothing acknowledged is lost. A machine that stands still for a second
 * makes calls late, which are refused, and the clients ask again. Such a comment may be there
 * twice, since it is unknown whether the first was carried out.
 */
export function concurrentLoad(system: SystemUnderTest): void {
  test("40 concurrent users cause no error and no row that contradicts another", async () => {
    const owner = await newPerson(system.api);
    const { id } = await readyImage(system.api, owner.token);
    const people = await Promise.all(Array.from({ length: PEOPLE }, () => newPerson(system.api)));
    const image = `/v1/images/${id}`;
    const wrong: string[] = [];
    const kept: string[] = [];
    let refused = 0;
    let refusedComments = 0;

    const runUser = async ({ token }: Person) => {
      const call = async (method: string, path: string, body?: unknown) => {
        const ask = () => system.api.request(method, path, { token, body });
        let wasRefused = false;
        const isServed = ({ status }: Answer) => {
          if (status !== 503) return true;
          wasRefused = true;
          refused += 1;
          if (method === "POST") refusedComments += 1;
          return false;
        };
        const answer = await eventually(ask, isServed);
        const isGone = method === "DELETE" && answer.status === 404 && wasRefused;
        if (answer.status >= 400 && !isGone) {
          wrong.push(`${method} ${path}: ${answer.bytes.toString()}`);
        }
        return answer.json;
      };
      for (let round = 0; round < ROUNDS; round++) {
        await call("PUT", `${image}/like`);
        const comment = await call("POST", `${image}/comments`, { body: `round ${round}` });
        await Promise.all([call("GET", image), call("GET", `${image}/comments`)]);
        if (round % 2 === 1) await call("DELETE", `/v1/comments/${comment.id}`);
        else kept.push(comment.id);
      }
    };
    await Promise.all(people.map(runUser));

    expect(wrong).toEqual([]);
    expect(refused).toBeLessThanOrEqual(REFUSED_MAX);
    const listed: string[] = [];
    for (let page = ""; ; ) {
      const path = `${image}/comments?pageSize=100${page}`;
      const { json: list } = await system.api.get(path);
      for (const comment of list.comments) listed.push(comment.id);
      if (list.nextPageToken === null) break;
      page = `&pageToken=${list.nextPageToken}`;
    }
    const ids = new Set(listed);
    expect(kept.filter((comment) => !ids.has(comment))).toEqual([]);
    expect(ids.size).toBe(listed.length);
    expect(ids.size - kept.length).toBeLessThanOrEqual(refusedComments);
    const { json } = await system.api.get(image);
    expect(json).toMatchObject({ likeCount: PEOPLE, commentCount: ids.size });
  }, 120_000);
}
