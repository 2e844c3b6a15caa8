import { isDeepStrictEqual } from "node:util";
import type { Logger } from "#telemetry/logger.ts";
import {
  type CertificatePaths,
  type Certificates,
  checkCertificates,
  readCertificates,
  validitiesOf,
} from "./certificates.ts";
import { findOpenMode } from "./key-file-mode.ts";
import { warnOfExpiry } from "./warn-of-expiry.ts";

/** Certificates are renewed hours before they expire, and reading three small files is cheap. */
const READ_INTERVAL_MS = 1_000;

/** Called with the new certificates. */
export type CertificateListener = (certificates: Certificates) => void;

/**
 * A process's certificate, key and CAs, read again when their files change. It polls the content
 * and does not watch the names, since Kubernetes swaps a link several folders up. Unusable new
 * files are ignored: the former ones stay in use, and the reason is logged once.
 */
export class CertificateFiles implements Disposable {
  readonly #paths: CertificatePaths;
  readonly #name: string;
  readonly #logger: Logger;
  readonly #listeners = new Set<CertificateListener>();
  readonly #timer: NodeJS.Timeout;
  #current: Certificates;
  /** The content read last, and whether it was reported as unusable. */
  #lastRead: { readonly content: Certificates | undefined; readonly isReported: boolean };
  #isReading = false;

  /**
   * Reads the files for the process of that name. Throws a ConfigurationError if they are
   * unusable.
   */
  static async open(
    name: string,
    paths: CertificatePaths,
    logger: Logger,
  ): Promise<CertificateFiles> {
    const first = await readCertificates(paths);
    checkCertificates(first, name);
    const warning = await findOpenMode(paths.key);
    if (warning !== undefined) logger.warn(`TLS_KEY_FILE: ${warning}`);
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
    this.#lastRead = { content: first, isReported: false };
    this.#timer = setInterval(() => void this.#poll(), READ_INTERVAL_MS);
    this.#timer.unref();
    warnOfExpiry(validitiesOf(first), logger);
  }

  /** The certificates in use. */
  get current(): Certificates {
    return this.#current;
  }

  /** Calls a listener at each change, until it is removed. */
  add(listener: CertificateListener): void {
    this.#listeners.add(listener);
  }

  /** Removes a listener. */
  remove(listener: CertificateListener): void {
    this.#listeners.delete(listener);
  }

  /** Stops reading the files. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #poll(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    let content: Certificates | undefined;
    try {
      content = await readCertificates(this.#paths);
      if (isDeepStrictEqual(content, this.#current)) {
        this.#lastRead = { content, isReported: false };
        return;
      }
      checkCertificates(content, this.#name);
      this.#take(content);
    } catch (error) {
      this.#report(content, error);
    } finally {
      this.#isReading = false;
    }
  }

  #take(content: Certificates): void {
    this.#current = content;
    this.#lastRead = { content, isReported: false };
    for (const listener of this.#listeners) listener(content);
    this.#logger.info("certificates were read again, and new connections use them");
    warnOfExpiry(validitiesOf(content), this.#logger);
  }

  /**
   * Reports content that is the same in two reads. A read between two writes sees half of each, and
   * the next one differs.
   */
  #report(content: Certificates | undefined, error: unknown): void {
    const isSame = isDeepStrictEqual(content, this.#lastRead.content);
    if (isSame && !this.#lastRead.isReported) {
      this.#logger.error(
        { error },
        "new certificates are unusable, and the former ones stay in use",
      );
    }
    this.#lastRead = { content, isReported: isSame };
  }
}
