import { setTimeout as delay } from "node:timers/promises";
import { succeed } from "#chaos/load/succeed.ts";
import type { LoadBalancer } from "#chaos/network/load-balancer.ts";
import type { SeedData } from "#chaos/routes/seed-data.ts";
import { readBack, readComments, readList } from "./read-back.ts";

/**
 * The image of a killed worker is processed again within some 25 s, and counts are cached for a
 * second.
 */
const SETTLE_MS_MAX = 60_000;
const POLL_MS = 250;

/**
 * Waits until the system has settled, then compares it with the ledger. Everything acknowledged
 * must exist, nothing may exist twice, every image must have its variants, and each counter must
 * equal its rows. Returns every contradiction.
 */
export async function checkLedger(
  balancer: LoadBalancer,
  seedData: SeedData,
): Promise<readonly string[]> {
  const deadline = performance.now() + SETTLE_MS_MAX;
  for (;;) {
    const violations = await findViolations(balancer, seedData).catch((error: Error) => [
      error.message,
    ]);
    if (violations.length === 0 || performance.now() > deadline) return violations;
    await delay(POLL_MS);
  }
}

async function findViolations(
  balancer: LoadBalancer,
  seedData: SeedData,
): Promise<readonly string[]> {
  return [
    ...seedData.ledger.findViolations(await readBack(balancer, seedData)),
    ...(await findUnrendered(balancer, seedData)),
    ...(await findMiscounted(balancer, seedData)),
  ];
}

async function findUnrendered(balancer: LoadBalancer, { people }: SeedData): Promise<string[]> {
  const lists = people.map(({ id, token }) =>
    readList(balancer, `/v1/images?owner=${id}&pageSize=100`, token),
  );
  const images = (await Promise.all(lists)).flat();
  const unready = images.filter(({ state }) => state !== "ready");
  return unready.map(({ title, state }) => `image ${title} is ${state}, and should be ready`);
}

async function findMiscounted(balancer: LoadBalancer, { images }: SeedData): Promise<string[]> {
  const violations = images.map(async (image) => {
    const path = `/v1/images/${image.id}`;
    const comments = await readComments(balancer, image);
    const likes = await readList(balancer, `${path}/likes?pageSize=100`);
    const counted = await succeed(balancer, { method: "GET", path, expected: [200] });
    const told = [
      ["comments", counted.commentCount, comments.filter(({ deleted }) => !deleted).length],
      ["likes", counted.likeCount, likes.length],
    ] as const;
    return told
      .filter(([, says, has]) => says !== has)
      .map(([what, says, has]) => `image ${image.title} says ${says} ${what}, and has ${has}`);
  });
  return (await Promise.all(violations)).flat();
}
