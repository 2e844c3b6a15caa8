import { expectAnswer, Unexpected } from "./expect-answer.ts";
import type { ApiAnswer, FrontDoor } from "./front-door.ts";

/** How a person signs in. */
export interface Credentials {
  readonly handle: string;
  readonly password: string;
}

/** A new session is opened that long before the token of the last one expires. */
const EXPIRES_SOON_MS = 90_000;

/** A person with an account, who signs in when something is to be done, and again in time. */
export class Member {
  readonly id: string;
  readonly #door: FrontDoor;
  readonly #credentials: Credentials;
  #token: Promise<string> | undefined;
  #expiresAt = 0;

  constructor(door: FrontDoor, id: string, credentials: Credentials) {
    this.#door = door;
    this.id = id;
    this.#credentials = credentials;
  }

  /** Returns an access token that is good for the next request. */
  async token(): Promise<string> {
    if (this.#token === undefined || performance.now() > this.#expiresAt) {
      this.#expiresAt = Number.POSITIVE_INFINITY; // until it is known
      this.#token = this.#signIn();
      this.#token.catch(() => {
        this.#token = undefined; // who awaits it throws
      });
    }
    return await this.#token;
  }

  async #signIn(): Promise<string> {
    const { handle, password } = this.#credentials;
    const session: ApiAnswer["json"] = await expectAnswer(this.#door, {
      ...{ method: "POST", path: "/v1/sessions", isRepeatable: true },
      body: { login: handle, password },
    }).catch((error: unknown) => {
      if (!(error instanceof Unexpected) || error.status !== 401) throw error;
      const message = `${handle} exists with another password: give the --password of that run`;
      throw new Error(`${message}, or another --seed`, { cause: error });
    });
    this.#expiresAt = performance.now() + session.expiresIn * 1_000 - EXPIRES_SOON_MS;
    return session.accessToken;
  }
}
