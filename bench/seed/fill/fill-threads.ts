import { expectAnswer, readList } from "#seed/client/expect-answer.ts";
import type { ApiAnswer, FrontDoor } from "#seed/client/front-door.ts";
import type { PlannedComment } from "#seed/plan/plan-thread.ts";
import { completeList } from "./complete-list.ts";
import { concurrently } from "./concurrently.ts";
import type { Inhabited } from "./fill-profiles.ts";
import { at, type Exhibit, type Filling } from "./filling.ts";
import { FoundByKey } from "./found-by-key.ts";
import { unlessRefused } from "./unless-refused.ts";

/** What of a comment is compared with the plan. */
export interface FoundComment {
  readonly id: string;
  readonly authorId: string | null;
  readonly parentId: string | null;
  readonly body: string;
}

/** Writes the comments that do not exist, those on one picture one after another. */
export async function fillThreads(
  filling: Filling,
  { people, exhibits }: Inhabited,
): Promise<void> {
  const { door, world, progress } = filling;
  const threads = exhibits.map((exhibit) => ({
    exhibit,
    planned: () => world.thread(exhibit.picture),
  }));
  progress.begin(
    "comments",
    threads.reduce((sum, { planned }) => sum + planned().length, 0),
  );
  await concurrently(
    threads,
    async ({ exhibit, planned }) => {
      const comments = planned();
      if (comments.length === 0) return;
      await unlessRefused(progress, exhibit, async () => {
        await completeList(threadOf({ door, people, exhibit }, comments), progress);
      });
    },
    filling,
  );
}

interface ThreadPlace {
  readonly door: FrontDoor;
  readonly people: Inhabited["people"];
  readonly exhibit: Exhibit;
}

function threadOf({ door, people, exhibit }: ThreadPlace, planned: readonly PlannedComment[]) {
  const path = `/v1/images/${exhibit.id}/comments`;
  return {
    planned,
    read: async () => new FoundByKey<FoundComment>(await readThread(door, path), keyOfFound),
    keyOf: ({ author, parent, body }: PlannedComment, before: readonly FoundComment[]) =>
      keyOfFound({
        authorId: at(people, author).member.id,
        parentId: parent === undefined ? null : at(before, parent).id,
        body,
      }),
    async create({ author, parent, body }: PlannedComment, before: readonly FoundComment[]) {
      const token = await at(people, author).member.token();
      const parentId = parent === undefined ? undefined : at(before, parent).id;
      return await expectAnswer(door, { method: "POST", path, token, body: { body, parentId } });
    },
  };
}

/** Nobody says the same twice in one place, or else the second is the second of the plan. */
function keyOfFound({ authorId, parentId, body }: Omit<FoundComment, "id">): string {
  return JSON.stringify([authorId, parentId, body]);
}

/** Reads all comments on a picture, replies included, those of a comment oldest first. */
export async function readThread(door: FrontDoor, path: string): Promise<readonly FoundComment[]> {
  const comments: ApiAnswer["json"][] = await readList(door, {
    path: `${path}?order=oldest`,
    items: "comments",
  });
  const all: FoundComment[] = [...comments];
  for (const { id, replyCount } of comments) {
    if (replyCount > 0) all.push(...(await readThread(door, `/v1/comments/${id}/replies`)));
  }
  return all;
}
