import type { Random } from "./random.ts";

const WORDS =
  "harbour dawn light over the old bridge in winter quiet street after rain a boat and two gulls what colours this one reminds me of home lovely shot where was it taken the sky is unreal soft shadows on stone perfect timing never seen fog like that".split(
    " ",
  );
/** Beyond ASCII, as people write. */
const ENDINGS = ["", "", "", ".", "!", " 🌄", " très beau", " schön"];
const TAGS = ["harbour", "dawn", "winter", "street", "boat", "bridge", "fog", "sea", "stone"];
const TITLE_WORDS_MAX = 6;
const DESCRIPTION_WORDS_MAX = 40;
const COMMENT_WORDS_MAX = 30;
const TAGS_MAX = 5;

/** Returns the title of an image. */
export function titleOf(random: Random): string {
  return words(random, 1 + random.below(TITLE_WORDS_MAX));
}

/** Returns the description of an image, often empty. */
export function descriptionOf(random: Random): string {
  return random.next() < 0.4 ? "" : words(random, 5 + random.below(DESCRIPTION_WORDS_MAX));
}

/** Returns the body of a comment: some 90 characters. */
export function commentBodyOf(random: Random): string {
  const ending = ENDINGS[random.below(ENDINGS.length)] ?? "";
  return words(random, 1 + random.below(COMMENT_WORDS_MAX)) + ending;
}

/** Returns the tags of an image: none to four. */
export function tagsOf(random: Random): string[] {
  const count = random.below(TAGS_MAX);
  return [...new Set(Array.from({ length: count }, () => TAGS[random.below(TAGS.length)] ?? ""))];
}

function words(random: Random, count: number): string {
  return Array.from({ length: count }, () => WORDS[random.below(WORDS.length)]).join(" ");
}
