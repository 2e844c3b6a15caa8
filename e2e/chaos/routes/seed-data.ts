import type { Ledger } from "#chaos/ledger/ledger.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** Somebody who is signed in. */
export interface Person {
  readonly id: string;
  readonly handle: string;
  readonly password: string;
  readonly token: string;
}

/** An image. */
export interface SeedImage {
  readonly id: string;
  readonly title: string;
  readonly owner: Person;
}

/** A comment. Its text begins with a mark that no other comment has. */
export interface SeedComment {
  readonly id: string;
  readonly mark: string;
  readonly author: Person;
}

/** A session besides those that people use to do other things. */
export interface SeedSession {
  /** Its key in the ledger. */
  readonly key: string;
  readonly token: string;
  readonly refreshToken: string;
}

/** Who and what there is to ask for. The load adds to the last four lists and takes from them. */
export interface SeedData {
  readonly random: SeededRandom;
  readonly ledger: Ledger;
  readonly people: readonly Person[];
  /** Ready, and there for as long as the world is: to be read, changed, liked and commented on. */
  readonly images: readonly SeedImage[];
  /** There for as long as the world is: to be read, and answered to. */
  readonly comments: readonly (SeedComment & { readonly image: SeedImage })[];
  /** A file that makes an image. */
  readonly picture: Buffer;
  readonly sessions: SeedSession[];
  readonly looseImages: SeedImage[];
  readonly looseComments: SeedComment[];
  /** Sessions that have ended, with which nothing can be done any more. */
  readonly endedSessions: SeedSession[];
  /** A word that was not used before. */
  mark(): string;
}
