import { createRandom, type Random, zipfCounts } from "./random.ts";
import { commentBodyOf, descriptionOf, tagsOf, titleOf } from "./texts.ts";
import type { WorldSize } from "./world.ts";

/** A user to insert. */
export interface PlannedUser {
  readonly id: string;
  readonly handle: string;
  readonly displayName: string;
  readonly sessionId: string;
  readonly createMs: number;
}

/** An image to insert. Its bytes are those of an uploaded one. */
export interface PlannedImage {
  readonly id: string;
  readonly owner: number;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly createMs: number;
  /** The users who like it. */
  readonly likers: readonly number[];
  readonly commentCount: number;
}

/** A comment to insert. */
export interface PlannedComment {
  readonly id: string;
  readonly image: number;
  readonly author: number;
  /** Undefined at the top level. */
  readonly parentId: string | undefined;
  readonly body: string;
  readonly createMs: number;
  replyCount: number;
}

/** All rows of a world, but for uploaded images. */
export interface WorldPlan {
  readonly users: readonly PlannedUser[];
  /** The most commented first; their times are in another order. */
  readonly images: readonly PlannedImage[];
  /** In the order of time, so that a table has them as it would after a year of use. */
  readonly comments: readonly PlannedComment[];
}

/** Rows are of one past year. Fixed, so that a world is the same whenever it is built. */
const START_MS = Date.UTC(2025, 0, 1);
const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;
const REPLY_SHARE = 0.1;
const LIKES_FOR_IMAGE_MEAN = 5;
const SLOT_DIGITS = 4;

/** Plans a world: the same one for the same size and seed. */
export function planWorld(size: WorldSize, seed: number): WorldPlan {
  const random = createRandom(seed);
  const users = Array.from({ length: size.users }, (_, index) => planUser(random, index));
  const commentCounts = zipfCounts(size.images, size.comments);
  const likeCounts = zipfCounts(size.images, size.images * LIKES_FOR_IMAGE_MEAN);
  const images = commentCounts.map((commentCount, rank) => {
    const likes = Math.min(likeCounts[rank] ?? 0, size.users);
    return planImage(random, { commentCount, likes, users: size.users });
  });
  const comments = images.flatMap(({ id, createMs, commentCount }, image) =>
    planComments(random, { id, createMs, commentCount, image, users: size.users }),
  );
  return { users, images, comments: comments.sort((a, b) => a.createMs - b.createMs) };
}

function planUser(random: Random, index: number): PlannedUser {
  const createMs = START_MS;
  const id = idAt(random, createMs);
  const sessionId = idAt(random, createMs, id);
  const handle = `bench_${String(index).padStart(5, "0")}`;
  return { id, handle, displayName: `Bench User ${index}`, sessionId, createMs };
}

function planImage(
  random: Random,
  {
    commentCount,
    likes,
    users,
  }: { readonly commentCount: number; readonly likes: number; readonly users: number },
): PlannedImage {
  const createMs = START_MS + random.below(YEAR_MS / 2);
  const firstLiker = random.below(users);
  return {
    id: idAt(random, createMs),
    owner: random.below(users),
    title: titleOf(random),
    description: descriptionOf(random),
    tags: tagsOf(random),
    createMs,
    likers: Array.from({ length: likes }, (_, index) => (firstLiker + index) % users),
    commentCount,
  };
}

/** The image that comments are planned for. */
interface Commented {
  readonly id: string;
  readonly createMs: number;
  readonly commentCount: number;
  readonly image: number;
  readonly users: number;
}

function planComments(random: Random, target: Commented): PlannedComment[] {
  const { id: imageId, createMs: firstMs, commentCount, image, users } = target;
  const times = Array.from({ length: commentCount }, () => firstMs + random.below(YEAR_MS / 2));
  const comments: PlannedComment[] = [];
  const topLevel: PlannedComment[] = [];
  for (const createMs of times.sort((a, b) => a - b)) {
    const isReply = topLevel.length > 0 && random.next() < REPLY_SHARE;
    const parent = isReply ? topLevel[random.below(topLevel.length)] : undefined;
    if (parent !== undefined) parent.replyCount++;
    const comment: PlannedComment = {
      id: idAt(random, createMs, imageId),
      image,
      author: random.below(users),
      parentId: parent?.id,
      body: commentBodyOf(random),
      createMs,
      replyCount: 0,
    };
    comments.push(comment);
    if (parent === undefined) topLevel.push(comment);
  }
  return comments;
}

/** Returns a UUIDv7 of a time, in the slot of a partition if one is given. */
function idAt(random: Random, ms: number, partitionId?: string): string {
  const time = ms.toString(16).padStart(12, "0");
  const tail = random.hex(12);
  const slot = partitionId?.slice(-SLOT_DIGITS) ?? tail.slice(-SLOT_DIGITS);
  const last = tail.slice(0, -SLOT_DIGITS) + slot;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.hex(3)}-8${random.hex(3)}-${last}`;
}
