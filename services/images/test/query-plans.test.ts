import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Database } from "@triptych/chassis/database/database";
import { newId } from "@triptych/chassis/ids/new-id";
import { findStatementNames } from "@triptych/chassis/testing/plans/explain-statements";
import {
  findGrowth,
  findPlanFaults,
  type HotStatements,
  type MeasuredPlans,
  measurePlans,
  type Scenarios,
} from "@triptych/chassis/testing/plans/measure-plans";
import { numberedId } from "@triptych/chassis/testing/plans/numbered-ids";
import {
  type ExplainedDatabase,
  startExplainedDatabase,
} from "@triptych/chassis/testing/plans/start-explained-database";
import type { Viewer } from "#domain/image.ts";
import type { ImageQuery, NewImage } from "#domain/image-repository.ts";
import { MIGRATIONS } from "#migrations.ts";
import { createBlobReferences } from "#repository/blob-references.ts";
import { createImageRepository } from "#repository/image-repository.ts";
import { createLikeRepository } from "#repository/like-repository.ts";
import { createProcessingRepository } from "#repository/processing-repository.ts";
import { writeWaiting } from "#repository/write-likes.ts";
import { addImages, contentOf, LIKED, OWNER, STRANGER } from "./many-images.ts";

/** The indexes of an image with its variants and whether the viewer likes it. */
const IMAGE = ["images_pkey", "likes_pkey", "variants_pkey"] as const;

/** The indexes of each statement that a request or a job runs. */
const HOT = {
  select_image: IMAGE,
  select_shared_image: ["images_pkey", "variants_pkey"],
  select_image_facts: ["images_pkey"],
  lock_image: ["images_pkey"],
  select_images: IMAGE,
  select_shared_images: ["images_pkey", "variants_pkey"],
  select_images_facts: ["images_pkey"],
  select_listed_images: [...IMAGE, "images_listed", "images_of_owner"],
  select_images_of_owner: ["images_listed_of_owner", "likes_pkey", "variants_pkey"],
  select_own_images: ["images_of_owner", "likes_pkey", "variants_pkey"],
  select_tagged_images: [...IMAGE, "tagged_images_listed", "tagged_images_pkey"],
  select_tagged_images_of_owner: [...IMAGE, "tagged_images_listed_of_owner"],
  select_own_tagged_images: [...IMAGE, "tagged_images_pkey"],
  insert_image: ["likes_pkey", "variants_pkey"],
  update_image: IMAGE,
  delete_image: ["images_pkey"],
  delete_tags: ["image_tags_pkey"],
  write_likes: ["images_pkey", "likes_pkey"],
  write_likes_unlocked: ["images_pkey", "likes_pkey"],
  select_likes: ["likes_newest"],
  retain_blobs: [],
  lock_blobs: ["blobs_pkey"],
  release_blobs: ["blobs_pkey"],
  lock_blob: [],
  count_names: ["images_blob", "variants_blob"],
  update_reference_count: ["blobs_pkey"],
  delete_blob: ["blobs_pkey"],
  upsert_turn: ["render_turns_of_owner", "render_turns_started", "render_turns_waiting"],
  start_image: ["images_pkey", "render_turns_pkey"],
  select_unprocessed_owner: ["images_pkey"],
  begin_try: ["images_pkey"],
  end_try: ["images_pkey"],
  lock_unprocessed_image: ["images_pkey"],
  complete_image: ["images_pkey", "render_turns_pkey"],
  fail_image: ["images_pkey", "render_turns_pkey"],
} as const satisfies HotStatements;

/** Every other statement, and why its plan does not matter. */
const COLD: Readonly<Record<string, string>> = {
  insert_tags: "reads no table",
  insert_variants: "reads no table",
  lock_owner: "reads no table",
  compare_counts: "reads every content, a page at a time, in a sweep every 15 minutes",
  select_unreferenced_blobs: "runs once in a sweep every 15 minutes",
  delete_stale_turns: "runs once in a sweep every 15 minutes",
};

const FEW = 2_000;
const MANY = 10 * FEW;
/** The largest page, and the row that tells whether another follows. */
const LIMIT = 101;

/** 5 s on a quiet machine. */
const FILL_MS_MAX = 240_000;

let explained: ExplainedDatabase;
let few: MeasuredPlans;
let many: MeasuredPlans;

beforeAll(async () => {
  explained = await startExplainedDatabase(MIGRATIONS);
  await addImages(explained, { from: 1, to: FEW, shown: FEW });
  few = await measurePlans(explained, scenariosOf(explained.database, 0));
  await addImages(explained, { from: FEW + 1, to: MANY, shown: MANY / 2 });
  many = await measurePlans(explained, scenariosOf(explained.database, 20));
}, FILL_MS_MAX);
afterAll(() => explained[Symbol.asyncDispose]());

/** What requests and jobs ask for. Those that write change the images from `base` on. */
function scenariosOf(database: Database, base: number): Scenarios {
  return {
    ...readsOf(database),
    ...listsOf(database),
    ...writesOf(database, base),
    ...jobsOf(database, base),
  };
}

function readsOf(database: Database): Scenarios {
  const images = createImageRepository(database, enqueue);
  const likes = createLikeRepository(database);
  const { signal } = new AbortController();
  const ids = Array.from({ length: 30 }, (_, index) => numberedId(500 + index * 4));
  const id = numberedId(500);
  const after = { userId: numberedId(1000), createTime: new Date("2026-01-01T00:16:40Z") };
  const imageId = numberedId(LIKED);
  return {
    "an image": () => images.findImage(id, undefined, signal),
    "an image, signed in": () => images.findImage(id, STRANGER, signal),
    "the facts of an image": () => images.findImageFacts(id, signal),
    "the facts of 30 images": () => images.findImagesFacts(ids, signal),
    "30 images": () => images.findImages(ids, undefined, signal),
    "30 images, signed in": () => images.findImages(ids, STRANGER, signal),
    likes: () => likes.listLikes({ imageId, after: undefined, limit: 31 }, signal),
    "likes, deep": () => likes.listLikes({ imageId, after, limit: 31 }, signal),
  };
}

/** Each list, as each viewer sees it, on its first page and on later ones. */
function listsOf(database: Database): Scenarios {
  const images = createImageRepository(database, enqueue);
  const { signal } = new AbortController();
  const lists = {
    "all images": { ownerId: undefined, tag: undefined },
    "images of an owner": { ownerId: OWNER, tag: undefined },
    "images with a tag": { ownerId: undefined, tag: "sea" },
    "images with a rare tag": { ownerId: undefined, tag: "tag-4" },
    "images of an owner with a tag": { ownerId: OWNER, tag: "sea" },
  } satisfies Record<string, Partial<ImageQuery>>;
  const viewers = { anonymous: undefined, "a stranger": STRANGER, "the owner": OWNER };
  const pages = { first: undefined, deep: numberedId(FEW / 2), last: numberedId(5 * LIMIT) };
  const scenarios: Record<string, () => Promise<unknown>> = {};
  for (const [list, query] of Object.entries(lists)) {
    for (const [who, viewer] of Object.entries<Viewer>(viewers)) {
      for (const [page, after] of Object.entries(pages)) {
        scenarios[`${list}, ${who}, ${page} page`] = () =>
          images.listImages({ ...query, after, limit: LIMIT }, viewer, signal);
      }
    }
  }
  return scenarios;
}

function writesOf(database: Database, base: number): Scenarios {
  const images = createImageRepository(database, enqueue);
  const likes = createLikeRepository(database);
  const { signal } = new AbortController();
  const [imageId, removed] = [numberedId(LIKED), numberedId(base + 8)];
  return {
    "a like": () => likes.addLike({ imageId, userId: newId(), createTime: new Date() }, signal),
    "a like of an image that was locked": () => {
      const change = { imageId, userId: newId(), createTime: new Date(), liked: true };
      return writeWaiting(database, [change], signal);
    },
    "a like taken back": () => likes.removeLike({ imageId, userId: numberedId(base + 20) }, signal),
    "an upload": () => images.createImage(newImage(), async () => {}),
    "a change": () =>
      images.updateImage(
        numberedId(base + 12),
        ({ tags }) => ({ fields: { tags }, updateTime: new Date() }),
        signal,
      ),
    "a removal": async () => assert(await images.deleteImage(removed, () => {}, signal)),
  };
}

function jobsOf(database: Database, base: number): Scenarios {
  const processing = createProcessingRepository(database, enqueue);
  const references = createBlobReferences(database);
  const [completed, failed] = [numberedId(base + 5), numberedId(base + 10)];
  const variant = { contentType: "image/webp", sizeBytes: 1, width: 1, height: 1 } as const;
  const rendition = {
    width: 1,
    height: 1,
    placeholder: Buffer.from([1]),
    variants: [{ ...variant, name: "thumb", blobHash: newHash() }],
  } as const;
  const updateTime = new Date();
  return {
    "a try": async () => {
      assert(await processing.startImage(completed));
      await processing.beginTry(completed);
      await processing.endTry(completed);
      assert(await processing.postponeImage(completed, 1));
    },
    "a rendered image": async () =>
      assert(await processing.completeImage(completed, { rendition, updateTime }, async () => {})),
    "a failed image": () => processing.failImage(failed, { failure: "unreadable", updateTime }),
    "a content that nobody names": () => references.ifUnreferenced(newHash(), async () => {}),
    "a count of a content": () => references.recount(contentOf(base + 16)),
  };
}

/** The queue has tables and statements of its own. */
async function enqueue(): Promise<void> {}

function newImage(): NewImage {
  return {
    id: newId(),
    ownerId: OWNER,
    title: "a picture",
    description: "",
    tags: ["sea"],
    visibility: "public",
    commentsOpen: true,
    contentType: "image/jpeg",
    dimensions: { width: 1, height: 1 },
    sizeBytes: 1,
    blobHash: newHash(),
    createTime: new Date(),
  };
}

function newHash(): string {
  return randomBytes(32).toString("hex");
}

test("every statement is hot, with its indexes, or cold, for a reason", async () => {
  const names = await findStatementNames(new URL("../src/repository/", import.meta.url));
  expect(names).toEqual(Object.keys({ ...HOT, ...COLD }).sort());
});

test("every hot statement uses its indexes, scans no table and sorts no more than a page", () => {
  expect(findPlanFaults(many, HOT)).toEqual([]);
});

test("every request costs the same with ten times the rows, also behind hidden ones", () => {
  expect(findGrowth(few, many)).toEqual([]);
});
