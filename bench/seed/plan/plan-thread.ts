import type { Random } from "#world/random.ts";
import type { PlannedPerson } from "./plan-people.ts";
import type { PlannedPicture } from "./plan-pictures.ts";
import { pick, randomFor } from "./random-for.ts";
import { SUBJECT_WORDS } from "./subjects.ts";

/** A comment of a world. */
export interface PlannedComment {
  /** The index of the person who writes it. */
  readonly author: number;
  /** The index of the comment in its thread that it replies to, which stands before it. */
  readonly parent: number | undefined;
  readonly body: string;
}

/** What the comments on one picture depend on. */
export interface ThreadPlan {
  readonly seed: number;
  readonly people: readonly PlannedPerson[];
  readonly picture: PlannedPicture;
  readonly count: number;
}

/** A reply to a comment of depth 7 is the deepest that the API takes; real ones end earlier. */
const DEPTH_MAX = 6;
const REPLIES_SHARE = 0.35;
/** How many comments back somebody replies at most. */
const REPLY_REACH = 12;

const OPENINGS = [
  "",
  "",
  "",
  "",
  "Wow. ",
  "Oh! ",
  "Hm. ",
  "Très beau ! ",
  "Schön. ",
  "✨ ",
] as const;
const PRAISE = [
  "What a light!",
  "This one stays with me.",
  "Beautiful.",
  "Great timing.",
  "Could hang on my wall.",
  "I came back to look again.",
  "The best of this week, for me.",
  "The crop is a bit tight, but I love it.",
] as const;
const ENDINGS = [
  "",
  "",
  "",
  " 👏",
  " 🌄",
  " More of these, please.",
  " Greetings from {place}!",
] as const;
const GREETING_PLACES = ["Porto", "Nairobi", "Oslo", "Hanoi", "Lima", "Graz"] as const;
const THANKS = [
  "Thank you, {name}!",
  "Thanks, {name}, that means a lot.",
  "You are kind, {name}.",
  "Good question, {name}: I will look it up.",
  "Handheld, {name}, with a lot of luck.",
] as const;
const AGREEMENT = [
  "I agree with {name}.",
  "Exactly, {name}.",
  "Same here!",
  "Not sure about that, {name}.",
  "Was going to say that.",
  "Ha, yes.",
] as const;

/** Plans the comments on a picture in the order in which they are written. */
export function planThread({ seed, people, picture, count }: ThreadPlan): PlannedComment[] {
  const random = randomFor(seed, "thread", picture.index);
  const comments: PlannedComment[] = [];
  const depths: number[] = [];
  for (let index = 0; index < count; index++) {
    const parent = parentOf(random, depths);
    const replyTo = parent === undefined ? undefined : comments[parent];
    const anybody = random.below(people.length);
    const isAnswer =
      random.next() < 0.5 && replyTo !== undefined && replyTo.author !== picture.owner;
    const author = isAnswer ? picture.owner : anybody;
    const name = firstNameOf(people[replyTo?.author ?? 0]);
    const text =
      replyTo === undefined
        ? remarkOn(random, picture)
        : pick(random, isAnswer ? THANKS : AGREEMENT);
    comments.push({ author, parent, body: text.replace("{name}", name) });
    depths.push(parent === undefined ? 1 : (depths[parent] ?? 0) + 1);
  }
  return comments;
}

function parentOf(random: Random, depths: readonly number[]): number | undefined {
  const reach = Math.min(depths.length, REPLY_REACH);
  const [isReply, back] = [random.next() < REPLIES_SHARE, random.below(Math.max(1, reach))];
  const parent = depths.length - 1 - back;
  return isReply && (depths[parent] ?? DEPTH_MAX) < DEPTH_MAX ? parent : undefined;
}

function remarkOn(random: Random, { drawing }: PlannedPicture): string {
  const opening = pick(random, OPENINGS);
  const remark = pick(random, [...PRAISE, ...SUBJECT_WORDS[drawing.subject].remarks]);
  const ending = pick(random, ENDINGS).replace("{place}", pick(random, GREETING_PLACES));
  return opening + remark + ending;
}

function firstNameOf(person: PlannedPerson | undefined): string {
  return person?.displayName.split(" ")[0] ?? "";
}
