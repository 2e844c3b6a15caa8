import { randomBytes } from "node:crypto";
import { hash, type Options, parseOptions, verify } from "@node-rs/argon2";
import type { PasswordHasher } from "#domain/password-hasher.ts";
import { HashingQueue } from "./hashing-queue.ts";

/**
 * `Algorithm.Argon2id` and `Version.V0x13` are const enums, which do not exist once the types are
 * stripped.
 */
const ARGON2ID = 2;
const VERSION_19 = 1;
const SALT_BYTES = 16;

/**
 * OWASP's second choice for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one
 * thread. 25 to 45 ms a hash.
 */
const PARAMETERS = {
  algorithm: ARGON2ID,
  version: VERSION_19,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
  outputLen: 32,
} as const satisfies Options;

/**
 * Two of libuv's four threads: the others stay free for DNS and files (with all taken a lookup took
 * 705 ms, not 7).
 */
const HASHES_MAX = 2;

/**
 * 200 people who register in the same instant must all get in: 200 hashes of 45 ms, two at once,
 * take 4.5 s of the 10 s that the policy allows. 256 would take 5.8 s; more than that would mostly
 * expire in the queue.
 */
const QUEUED_HASHES_MAX = 256;

/** Enough for one slow hash and the insert after it. */
const RESERVE_MS = 500;

/** Hashes with argon2id, and in NFC (RFC 8265), so that é is é on every keyboard. */
export function createPasswordHasher(): PasswordHasher {
  const queue = new HashingQueue({
    permits: HASHES_MAX,
    queueMax: QUEUED_HASHES_MAX,
    reserveMs: RESERVE_MS,
  });
  const dummy = dummyHash();
  return {
    hash: (password, time) => queue.run(time, () => hash(password.normalize("NFC"), PARAMETERS)),
    async verify(stored, password, time) {
      const matches = await queue.run(time, () =>
        verify(stored ?? dummy, password.normalize("NFC")),
      );
      return matches && stored !== undefined;
    },
    needsRehash(stored) {
      const parsed = parseOptions(stored);
      const names = Object.keys(PARAMETERS) as (keyof typeof PARAMETERS)[];
      return names.some((name) => parsed[name] !== PARAMETERS[name]);
    },
  };
}

/**
 * Creates a hash of no password, with the current parameters. Verifying it takes as long as
 * verifying a real one.
 */
function dummyHash(): string {
  const { memoryCost, timeCost, parallelism, outputLen } = PARAMETERS;
  const [salt, output] = [SALT_BYTES, outputLen].map((bytes) =>
    randomBytes(bytes).toString("base64").replaceAll("=", ""),
  );
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${salt}$${output}`;
}
