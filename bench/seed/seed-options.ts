import { parseArgs } from "node:util";
import type { SeedSize } from "#seed/plan/plan-seed-world.ts";

/** What a run creates, and where. */
export interface SeedOptions {
  readonly seed: number;
  readonly size: SeedSize;
  /** Of the gateway; undefined for the stack that runs on this machine. */
  readonly url: string | undefined;
  /** Of every person of the world. */
  readonly password: string;
  /** How many requests are under way at once. */
  readonly places: number;
}

const SIZES = {
  small: { users: 20, images: 60, comments: 300, likes: 400 },
  medium: { users: 200, images: 600, comments: 6_000, likes: 12_000 },
  large: { users: 1_000, images: 4_000, comments: 50_000, likes: 100_000 },
} as const satisfies Record<string, SeedSize>;

const COUNT_MAX = 1_000_000;
const SEED_MAX = 2 ** 32 - 1;
const PLACES_MAX = 64;
/** Of every account if none was given. It is public. */
export const PASSWORD_DEFAULT = "a world drawn by code";

/** How the program is called. */
export const USAGE = `usage: pnpm seed [--size small|medium|large] [--users N] [--images N]
                 [--comments N] [--likes N] [--seed N] [--url URL] [--password TEXT]
                 [--concurrency N]`;

/** Reads the command line. Throws a sentence for the user if it makes no sense. */
export function parseSeedOptions(words: readonly string[]): SeedOptions {
  const { values } = parseArgs({
    args: words.filter((word) => word !== "--"),
    options: {
      size: { type: "string", default: "small" },
      users: { type: "string" },
      images: { type: "string" },
      comments: { type: "string" },
      likes: { type: "string" },
      seed: { type: "string", default: "42" },
      url: { type: "string" },
      password: { type: "string", default: PASSWORD_DEFAULT },
      concurrency: { type: "string", default: "8" },
    },
  });
  const base = new Map<string, SeedSize>(Object.entries(SIZES)).get(values.size);
  if (base === undefined) throw new Error(`--size is one of ${Object.keys(SIZES).join(", ")}`);
  const count = (name: keyof SeedSize, least = 0) =>
    wholeNumber(name, values[name] ?? String(base[name]), [least, COUNT_MAX]);
  if (values.url !== undefined && !URL.canParse(values.url)) {
    throw new Error("--url must be a URL, such as http://127.0.0.1:8080");
  }
  return {
    seed: wholeNumber("seed", values.seed, [0, SEED_MAX]),
    size: {
      users: count("users", 1),
      images: count("images"),
      comments: count("comments"),
      likes: count("likes"),
    },
    url: values.url,
    password: values.password,
    places: wholeNumber("concurrency", values.concurrency, [1, PLACES_MAX]),
  };
}

function wholeNumber(name: string, text: string, [least, most]: readonly [number, number]): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`--${name} must be a whole number from ${least} to ${most}`);
}
