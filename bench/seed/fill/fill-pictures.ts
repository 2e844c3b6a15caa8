import { expectAnswer, readList } from "#seed/client/expect-answer.ts";
import type { ApiAnswer } from "#seed/client/front-door.ts";
import { sleep } from "#seed/client/stopped.ts";
import { drawPhotograph } from "#seed/pictures/draw-photograph.ts";
import type { PlannedPicture } from "#seed/plan/plan-pictures.ts";
import { completeList } from "./complete-list.ts";
import { concurrently } from "./concurrently.ts";
import { at, type Exhibit, type Filling, type Inhabitant } from "./filling.ts";
import { FoundByKey } from "./found-by-key.ts";
import { unlessRefused } from "./unless-refused.ts";

/** Drawing is the work of this process: more at once would only take more memory. */
const DRAWERS_MAX = 2;
/** A picture of 12 megapixels takes a second of one core. This is a worker that does not run. */
const RENDER_MS_MAX = 300_000;
const POLL_MS = 250;

/** Uploads the pictures that do not exist. Returns all, in the order of the plan. */
export async function fillPictures(
  filling: Filling,
  people: readonly Inhabitant[],
): Promise<readonly Exhibit[]> {
  const { world, door, progress, stop } = filling;
  const exhibits: Exhibit[] = [];
  const places = Math.min(DRAWERS_MAX, filling.places);
  progress.begin("images", world.pictures.length);
  await concurrently(
    Map.groupBy(world.pictures, ({ owner }) => owner),
    async ([index, planned]) => {
      const owner = at(people, index).member;
      const images = await completeList<PlannedPicture, ApiAnswer["json"]>(
        {
          planned,
          async read() {
            const path = `/v1/images?owner=${owner.id}`;
            const token = await owner.token();
            const all = await readList(door, { path, items: "images", token });
            return new FoundByKey(all, ({ title }) => title);
          },
          keyOf: ({ title }) => title,
          async create(picture) {
            const body = await formOf(picture);
            const token = await owner.token();
            return await expectAnswer(door, { method: "POST", path: "/v1/images", token, body });
          },
        },
        progress,
      );
      for (const [place, picture] of planned.entries()) {
        const { id, state } = images[place];
        exhibits[picture.index] = { picture, id, owner, state };
      }
    },
    { places, stop },
  );
  return exhibits;
}

async function formOf({ title, description, tags, visibility, drawing }: PlannedPicture) {
  const form = new FormData();
  form.append("title", title);
  form.append("description", description);
  for (const tag of tags) form.append("tags", tag);
  form.append("visibility", visibility);
  const file = new Uint8Array(await drawPhotograph(drawing));
  form.append("file", new Blob([file]), `photo.${drawing.format}`);
  return form;
}

/** Waits until all pictures are rendered. Says which cannot be. Returns those that are ready. */
export async function awaitRendering(
  filling: Filling,
  exhibits: readonly Exhibit[],
): Promise<readonly Exhibit[]> {
  const { progress, stop, places } = filling;
  const ready = new Set<Exhibit>();
  progress.begin("rendered", exhibits.length);
  await concurrently(
    exhibits,
    async (exhibit) => {
      await unlessRefused(progress, exhibit, async () => {
        if ((await finalStateOf(filling, exhibit)) === "ready") ready.add(exhibit);
      });
      progress.count(exhibit.state === "processing" ? "created" : "found");
    },
    { places: Math.min(DRAWERS_MAX, places), stop },
  );
  return exhibits.filter((exhibit) => ready.has(exhibit)); // in the order of the plan
}

async function finalStateOf(
  { door, progress, stop }: Filling,
  { picture: { title }, id, owner, state: stateFound }: Exhibit,
): Promise<Exhibit["state"]> {
  if (stateFound !== "processing") return stateFound;
  const deadline = performance.now() + RENDER_MS_MAX;
  for (;;) {
    const path = `/v1/images/${id}`;
    const token = await owner.token();
    const { state, failure } = await expectAnswer(door, { method: "GET", path, token });
    if (state === "failed") progress.say(`"${title}" cannot be rendered: ${failure}`);
    if (state !== "processing") return state;
    if (performance.now() > deadline) {
      throw new Error(`"${title}" is still not rendered: does the images worker run?`);
    }
    await sleep(POLL_MS, stop);
  }
}
