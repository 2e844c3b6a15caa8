import type { Random } from "#world/random.ts";
import { pick, randomFor } from "./random-for.ts";
import { SUBJECT_WORDS, SUBJECTS, type Subject, type SubjectWords } from "./subjects.ts";

/** The format of a file. */
export type Format = "jpeg" | "png" | "webp" | "avif" | "gif";

/** How a picture is drawn. */
export interface Drawing {
  readonly subject: Subject;
  readonly width: number;
  readonly height: number;
  readonly format: Format;
  /** Whether the camera was held on its side: the file says so, and is to be shown upright. */
  readonly isTurned: boolean;
  readonly seed: number;
}

/** A picture of a world. */
export interface PlannedPicture {
  /** Its place in the world. */
  readonly index: number;
  /** The index of the person who uploads it. */
  readonly owner: number;
  /** Unique among the pictures of its owner: by it a picture that exists is recognised. */
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly visibility: "public" | "unlisted" | "private";
  readonly drawing: Drawing;
}

const SHAPES = [
  [3, 2],
  [3, 2],
  [2, 3],
  [4, 3],
  [3, 4],
  [1, 1],
  [16, 9],
  [9, 16],
  [3, 1],
] as const;
/** The longer side: a thumbnail from an old web page, up to a camera of 12 megapixels. */
const LONG_SIDES = [480, 900, 1_200, 1_600, 1_600, 2_048, 2_048, 2_400, 3_000, 4_000] as const;
/** A larger picture is a JPEG: grain makes the others slow and large. */
const OTHER_FORMAT_SIDE_MAX = 1_200;
const OTHER_FORMATS = ["png", "png", "webp", "webp", "avif", "gif"] as const;
const TAGS_MAX = 4;

/** Plans the pictures of a world with so many people. A few people own most of them. */
export function planPictures(
  seed: number,
  { users, images }: { readonly users: number; readonly images: number },
): readonly PlannedPicture[] {
  const titles = new Set<string>();
  return Array.from({ length: images }, (_, index) => {
    const random = randomFor(seed, "picture", index);
    const owner = Math.floor(random.next() ** 1.5 * users);
    const subject = pick(random, SUBJECTS);
    const words = SUBJECT_WORDS[subject];
    const place = pick(random, words.places);
    const title = uniqueTitle(`${pick(random, words.titles)}, ${place}`, { owner, titles });
    const description = descriptionOf(random, place);
    const tags = tagsOf(random, words);
    const visibility = index === 0 ? "public" : visibilityOf(random);
    return {
      ...{ index, owner, title, description, tags, visibility },
      drawing: planDrawing(random, subject),
    };
  });
}

function uniqueTitle(
  title: string,
  { owner, titles }: { readonly owner: number; readonly titles: Set<string> },
): string {
  let unique = title;
  for (let number = 2; titles.has(`${owner} ${unique}`); number++) unique = `${title} (${number})`;
  titles.add(`${owner} ${unique}`);
  return unique;
}

function planDrawing(random: Random, subject: Subject): Drawing {
  const [across, down] = pick(random, SHAPES);
  const side = pick(random, LONG_SIDES);
  const scale = side / Math.max(across, down);
  const isJpeg = random.next() < 0.5 || side > OTHER_FORMAT_SIDE_MAX;
  return {
    subject,
    width: Math.round(across * scale),
    height: Math.round(down * scale),
    format: isJpeg ? "jpeg" : pick(random, OTHER_FORMATS),
    isTurned: isJpeg && random.next() < 0.2,
    seed: random.below(2 ** 32),
  };
}

function visibilityOf(random: Random): PlannedPicture["visibility"] {
  const chance = random.next();
  if (chance < 0.05) return "private";
  return chance < 0.1 ? "unlisted" : "public";
}

function descriptionOf(random: Random, place: string): string {
  const hour = 5 + random.below(18);
  const notes = [
    "",
    "",
    `Near ${place}, a little after ${hour} o'clock.`,
    `${place}. We waited two hours for this, and then it took two minutes.`,
    "Nothing was moved, and nothing was added.",
    `Second visit to ${place}. The light was kinder this time.\n\nMore to come.`,
  ] as const;
  return pick(random, notes);
}

function tagsOf(random: Random, { tags }: SubjectWords): readonly string[] {
  const count = random.below(TAGS_MAX + 1);
  return [...new Set(Array.from({ length: count }, () => pick(random, tags)))];
}
