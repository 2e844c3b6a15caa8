import { setTimeout as delay } from "node:timers/promises";
import type { RunningArm } from "#arms/arm.ts";
import { MONOLITH, MONOLITH_BATCHING } from "#arms/baseline-arms.ts";
import { TRIPTYCH_MONOLITH } from "#arms/triptych-arms.ts";
import { openWorld } from "#world/open-world.ts";
import { PICTURES_SMALL } from "#world/uploaded-pictures.ts";
import type { World } from "#world/world.ts";

/** An answer. The text of a page token is each arm's own. */
interface Answer {
  readonly status: number;
  readonly json: unknown;
  readonly nextPageToken: string | null | undefined;
}

const SIZE = { images: 40, comments: 1_000, users: 10 };
/** Builds a world, if there is none, and starts three systems: also on a slow machine. */
const START_MS_MAX = 300_000;
const WHOLE_MS_MAX = 20_000;
const RETRY_MS = 100;
const PAGES_MAX = 3;

let world: World;
let arms: readonly RunningArm[] = [];
let token: string | undefined;

beforeAll(async () => {
  world = await openWorld({ size: SIZE, pictures: PICTURES_SMALL });
  const starting = [TRIPTYCH_MONOLITH, MONOLITH, MONOLITH_BATCHING].map((arm) =>
    arm.start({ world }),
  );
  const started = await Promise.allSettled(starting);
  arms = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  await Promise.all(starting); // throws why one did not start
  [token] = (await arms[0]?.accessTokens(1)) ?? [];
}, START_MS_MAX);

afterAll(async () => {
  await Promise.all(arms.map((arm) => arm.stop()));
}, START_MS_MAX);

async function readOnce({ url }: RunningArm, path: string, viewer?: string): Promise<Answer> {
  const headers: Record<string, string> =
    viewer === undefined ? {} : { authorization: `Bearer ${viewer}` };
  const response = await fetch(url + path, { headers });
  const { nextPageToken, ...json } = JSON.parse(await response.text());
  return { status: response.status, json: response.ok ? json : json.code, nextPageToken };
}

/**
 * Reads until the answer is whole: on a busy machine Triptych sheds load, or answers with what it
 * knew before and says so.
 */
async function read(arm: RunningArm, path: string, viewer?: string): Promise<Answer> {
  const deadline = performance.now() + WHOLE_MS_MAX;
  for (;;) {
    const answer = await readOnce(arm, path, viewer);
    const isPartial = answer.status === 503 || Object.hasOwn(Object(answer.json), "degraded");
    if (!isPartial || performance.now() > deadline) return answer;
    await delay(RETRY_MS);
  }
}

/** Follows a list, for three pages at most. Says of a page token only whether there is one. */
async function readPages(arm: RunningArm, path: string, viewer?: string) {
  const pages: Answer[] = [];
  let next: string | null | undefined = "";
  while (typeof next === "string" && pages.length < PAGES_MAX) {
    const page: Answer = await read(arm, `${path}&pageToken=${next}`, viewer);
    next = page.nextPageToken;
    pages.push(page);
  }
  return pages.map(({ nextPageToken, ...page }) => ({ ...page, hasNext: nextPageToken !== null }));
}

/** Asks each arm, and expects of each what the first, Triptych, answers. */
async function expectAlike(ask: (arm: RunningArm) => Promise<unknown>): Promise<unknown> {
  const [expected, ...others] = await Promise.all(arms.map(ask));
  expect(others).toEqual([expected, expected]);
  return expected;
}

describe.each([
  ["an anonymous viewer", () => undefined],
  ["a signed-in viewer", () => token],
])("all arms answer alike to %s", (_who, viewer) => {
  test("for an image", async () => {
    for (const id of [...world.imageIds.slice(0, 3), ...world.imageIdsWithBytes]) {
      const answer = await expectAlike((arm) => read(arm, `/v1/images/${id}`, viewer()));
      expect(answer).toMatchObject({ status: 200, json: { id } });
    }
  });

  test("for an image that does not exist", async () => {
    const path = "/v1/images/01890000-0000-7000-8000-000000000000";
    expect(await expectAlike((arm) => read(arm, path, viewer()))).toMatchObject({ status: 404 });
    const comments = `${path}/comments`;
    expect(await expectAlike((arm) => read(arm, comments, viewer()))).toMatchObject({
      status: 404,
    });
  });

  test("for the pages of the list of images", async () => {
    const path = "/v1/images?pageSize=20";
    const pages = await expectAlike((arm) => readPages(arm, path, viewer()));
    expect(pages).toMatchObject([{ hasNext: true }, { hasNext: true }, { hasNext: false }]);
  });

  test("for the pages of comments", async () => {
    const [mostCommented, leastCommented] = [world.imageIds[0], world.imageIds.at(-1)];
    const path = `/v1/images/${mostCommented}/comments?pageSize=50`;
    const pages = await expectAlike((arm) => readPages(arm, path, viewer()));
    expect(pages).toMatchObject([{ hasNext: true }, { hasNext: true }, { hasNext: true }]);
    const few = `/v1/images/${leastCommented}/comments?pageSize=50`;
    expect(await expectAlike((arm) => readPages(arm, few, viewer()))).toHaveLength(1);
  });

  test("for reads that arrive together", async () => {
    const ids = [...world.imageIds.slice(0, 20), ...world.imageIds.slice(0, 5)];
    const paths = ids.flatMap((id) => [`/v1/images/${id}`, `/v1/images/${id}/comments?pageSize=9`]);
    await expectAlike(async (arm) => {
      const answers = await Promise.all(paths.map((path) => read(arm, path, viewer())));
      return answers.map(({ status, json }) => ({ status, json }));
    });
  });
});

test("all arms answer a sign-in and a write with the same members, and count the write", async () => {
  await expectAlike(async (arm) => {
    const send = async (method: string, path: string, body?: object) => {
      const headers: Record<string, string> = { authorization: `Bearer ${token}` };
      if (body !== undefined) headers["content-type"] = "application/json";
      const request = { method, headers, body: JSON.stringify(body) };
      const response = await fetch(arm.url + path, request);
      const text = await response.text();
      return [response.status, text === "" ? [] : Object.keys(JSON.parse(text)).sort()];
    };
    const image = `/v1/images/${world.imageIds[1]}`;
    const created = await send("POST", `${image}/comments`, { body: "What a light!" });
    const unliked = await send("DELETE", `${image}/like`);
    const session = await send("POST", "/v1/sessions", world.credentials[0]);
    const { json } = await read(arm, `${image}/comments?pageSize=1`);
    const [{ body }] = (json as { readonly comments: [{ readonly body: string }] }).comments;
    return { created, unliked, session, body, image: (await read(arm, image, token)).json };
  });
});
