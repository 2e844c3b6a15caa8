import { setTimeout as delay } from "node:timers/promises";
import { succeed } from "#chaos/load/succeed.ts";
import type { FrontDoor } from "#chaos/network/load-balancer.ts";
import type { World } from "#chaos/routes/seed-data.ts";
import { readBack, readComments, readList } from "./read-back.ts";

/** A killed worker's image is done again within some 25 s; counts are kept for a second. */
const SETTLE_MS_MAX = 60_000;
const POLL_MS = 250;

/**
 * Waits until the system has settled, then compares with the ledger: everything acknowledged is
 * there, nothing is there twice, every image has its variants, and each counter counts what there
 * is. Returns every contradiction.
 */
export async function checkLedger(frontDoor: FrontDoor, world: World): Promise<readonly string[]> {
  const deadline = performance.now() + SETTLE_MS_MAX;
  for (;;) {
    const faults = await findFaults(frontDoor, world).catch((error: Error) => [error.message]);
    if (faults.length === 0 || performance.now() > deadline) return faults;
    await delay(POLL_MS);
  }
}

async function findFaults(frontDoor: FrontDoor, world: World): Promise<readonly string[]> {
  return [
    ...world.ledger.findFaults(await readBack(frontDoor, world)),
    ...(await findUnrendered(frontDoor, world)),
    ...(await findMiscounted(frontDoor, world)),
  ];
}

async function findUnrendered(frontDoor: FrontDoor, { people }: World): Promise<string[]> {
  const lists = people.map(({ id, token }) =>
    readList(frontDoor, `/v1/images?owner=${id}&pageSize=100`, token),
  );
  const images = (await Promise.all(lists)).flat();
  const unready = images.filter(({ state }) => state !== "ready");
  return unready.map(({ title, state }) => `image ${title} is ${state}, and should be ready`);
}

async function findMiscounted(frontDoor: FrontDoor, { images }: World): Promise<string[]> {
  const faults = images.map(async (image) => {
    const path = `/v1/images/${image.id}`;
    const comments = await readComments(frontDoor, image);
    const likes = await readList(frontDoor, `${path}/likes?pageSize=100`);
    const counted = await succeed(frontDoor, { method: "GET", path, expected: [200] });
    const told = [
      ["comments", counted.commentCount, comments.filter(({ deleted }) => !deleted).length],
      ["likes", counted.likeCount, likes.length],
    ] as const;
    return told
      .filter(([, says, has]) => says !== has)
      .map(([what, says, has]) => `image ${image.title} says ${says} ${what}, and has ${has}`);
  });
  return (await Promise.all(faults)).flat();
}
