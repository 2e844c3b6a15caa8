import { planWorld } from "./plan-world.ts";

const SIZE = { images: 50, comments: 2_000, users: 20 };
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("the plan of a world", () => {
  const plan = planWorld(SIZE, 1);

  test("is the same for the same seed, and another for another", () => {
    expect(planWorld(SIZE, 1)).toEqual(plan);
    expect(planWorld(SIZE, 2).images[0]?.id).not.toBe(plan.images[0]?.id);
  });

  test("distributes comments by Zipf's law: half as many for the second image as for the first", () => {
    const [first = 0, second = 0, ...others] = plan.images.map(({ commentCount }) => commentCount);
    expect(second / first).toBeCloseTo(1 / 2, 1);
    const total = others.reduce((sum, count) => sum + count, first + second);
    expect(Math.abs(total - SIZE.comments)).toBeLessThan(SIZE.images);
    expect(plan.comments).toHaveLength(total);
  });

  test("has unique ids of version 7, and those of comments are in the slot of their image", () => {
    const { users, images, comments } = plan;
    const ids = [...users, ...images, ...comments].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => UUID_V7.test(id))).toBe(true);
    const isInSlot = comments.every(
      ({ id, image }) => id.slice(-4) === images[image]?.id.slice(-4),
    );
    expect(isInSlot).toBe(true);
  });

  test("counts the replies of each comment, which are to an earlier comment on the same image", () => {
    const byId = new Map(plan.comments.map((comment) => [comment.id, comment]));
    const replies = new Map<string, number>();
    for (const { parentId, image, createMs } of plan.comments) {
      if (parentId === undefined) continue;
      const parent = byId.get(parentId);
      expect(parent).toMatchObject({ image, parentId: undefined });
      expect(parent?.createMs).toBeLessThanOrEqual(createMs);
      replies.set(parentId, (replies.get(parentId) ?? 0) + 1);
    }
    expect(replies.size).toBeGreaterThan(0);
    for (const { id, replyCount } of plan.comments) expect(replyCount).toBe(replies.get(id) ?? 0);
  });

  test("has each liker of an image once", () => {
    for (const { likers } of plan.images) expect(new Set(likers).size).toBe(likers.length);
  });
});
