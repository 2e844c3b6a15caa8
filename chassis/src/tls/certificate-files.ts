import { isDeepStrictEqual } from "node:util";
import type { Logger } from "#telemetry/logger.ts";
import {
  type CertificatePaths,
  type Certificates,
  checkCertificates,
  readCertificates,
  validitiesOf,
} from "./certificates.ts";
import { warnOfExpiry } from "./warn-of-expiry.ts";

/**
 * How often the files are looked at: whoever renews them leaves hours, and three small files cost
 * nothing.
 */
const LOOK_INTERVAL_MS = 1_000;

/** Told of certificates that took the place of others. */
export type CertificateListener = (certificates: Certificates) => void;

/**
 * A process's certificate, key and CAs, as their files are from time to time. The content is
 * compared, and not a time or a watch on a name: Kubernetes swaps a link several folders up. What
 * cannot be used is not taken: the former stays, and the log says why, once.
 */
export class CertificateFiles implements Disposable {
  readonly #paths: CertificatePaths;
  readonly #name: string;
  readonly #logger: Logger;
  readonly #listeners = new Set<CertificateListener>();
  readonly #timer: NodeJS.Timeout;
  #current: Certificates;
  /** What was read last, and whether it was complained about. */
  #seen: { readonly content: Certificates | undefined; readonly told: boolean };
  #looking = false;

  /**
   * Reads the files of the process of that name. Throws a ConfigurationError if they cannot be
   * used.
   */
  static async open(
    name: string,
    paths: CertificatePaths,
    logger: Logger,
  ): Promise<CertificateFiles> {
    const first = await readCertificates(paths);
    checkCertificates(first, name);
    return new CertificateFiles(name, paths, { first, logger });
  }

  private constructor(
    name: string,
    paths: CertificatePaths,
    { first, logger }: { readonly first: Certificates; readonly logger: Logger },
  ) {
    this.#name = name;
    this.#paths = paths;
    this.#logger = logger;
    this.#current = first;
    this.#seen = { content: first, told: false };
    this.#timer = setInterval(() => void this.#look(), LOOK_INTERVAL_MS);
    this.#timer.unref();
    warnOfExpiry(validitiesOf(first), logger);
  }

  /** The last ones that could be used. */
  get current(): Certificates {
    return this.#current;
  }

  /** Tells of each change, until the listener is taken away. */
  add(listener: CertificateListener): void {
    this.#listeners.add(listener);
  }

  /** Tells this listener no more. */
  remove(listener: CertificateListener): void {
    this.#listeners.delete(listener);
  }

  /** Looks at the files no more. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    let content: Certificates | undefined;
    try {
      content = await readCertificates(this.#paths);
      if (isDeepStrictEqual(content, this.#current)) {
        this.#seen = { content, told: false };
        return;
      }
      checkCertificates(content, this.#name);
      this.#take(content);
    } catch (error) {
      this.#complain(content, error);
    } finally {
      this.#looking = false;
    }
  }

  #take(content: Certificates): void {
    this.#current = content;
    this.#seen = { content, told: false };
    for (const listener of this.#listeners) listener(content);
    this.#logger.info("certificates were read again: new connections use the new ones");
    warnOfExpiry(validitiesOf(content), this.#logger);
  }

  /**
   * A look between two writes sees halves of both: what is the same at the next look is no
   * accident.
   */
  #complain(content: Certificates | undefined, error: unknown): void {
    const isSame = isDeepStrictEqual(content, this.#seen.content);
    if (isSame && !this.#seen.told) {
      this.#logger.error({ error }, "new certificates cannot be used: the former ones stay");
    }
    this.#seen = { content, told: isSame };
  }
}
