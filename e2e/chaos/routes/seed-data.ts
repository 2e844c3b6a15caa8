import type { Ledger } from "#chaos/ledger/ledger.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** A test user who has signed in. */
export interface Person {
  readonly id: string;
  readonly handle: string;
  readonly password: string;
  readonly token: string;
}

/** An image of the seed data. */
export interface SeedImage {
  readonly id: string;
  readonly title: string;
  readonly owner: Person;
}

/** A comment of the seed data. Its text begins with a unique mark. */
export interface SeedComment {
  readonly id: string;
  readonly mark: string;
  readonly author: Person;
}

/** A session that the load may end, apart from the sessions of the test users. */
export interface SeedSession {
  /** Its key in the ledger. */
  readonly key: string;
  readonly token: string;
  readonly refreshToken: string;
}

/**
 * The seed data of a run: the users and objects that exist before the load. The load adds to the
 * last four lists and takes from them.
 */
export interface SeedData {
  readonly random: SeededRandom;
  readonly ledger: Ledger;
  readonly people: readonly Person[];
  /**
   * Images that are ready, and exist for the whole run: the load reads, changes, likes and comments
   * on them.
   */
  readonly images: readonly SeedImage[];
  /** Comments that exist for the whole run: the load reads them and replies to them. */
  readonly comments: readonly (SeedComment & { readonly image: SeedImage })[];
  /** The file of an image. */
  readonly picture: Buffer;
  readonly sessions: SeedSession[];
  readonly looseImages: SeedImage[];
  readonly looseComments: SeedComment[];
  /** Sessions that have ended. */
  readonly endedSessions: SeedSession[];
  /** Returns a new unique word. */
  mark(): string;
}
