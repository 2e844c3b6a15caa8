import { expectAnswer, readList } from "#seed/client/expect-answer.ts";
import { concurrently } from "./concurrently.ts";
import type { Inhabited } from "./fill-profiles.ts";
import { at, type Filling } from "./filling.ts";
import { unlessRefused } from "./unless-refused.ts";

/** Adds the likes that do not exist. */
export async function fillLikes(filling: Filling, { people, exhibits }: Inhabited): Promise<void> {
  const { door, world, progress } = filling;
  const liked = exhibits.map((exhibit) => ({ exhibit, likers: world.likers(exhibit.picture) }));
  progress.begin(
    "likes",
    liked.reduce((sum, { likers }) => sum + likers.length, 0),
  );
  await concurrently(
    liked.filter(({ likers }) => likers.length > 0),
    async ({ exhibit, likers }) => {
      await unlessRefused(progress, exhibit, async () => {
        const path = `/v1/images/${exhibit.id}/like`;
        const users = await readList(door, { path: `${path}s`, items: "users" });
        const found = new Set(users.map(({ id }) => id));
        for (const { member } of likers.map((index) => at(people, index))) {
          const isNew = !found.has(member.id);
          if (isNew) {
            await expectAnswer(door, { method: "PUT", path, token: await member.token() });
          }
          progress.count(isNew ? "created" : "found");
        }
      });
    },
    filling,
  );
}
