import { createHash, type Hash } from "node:crypto";
import type { ContentRange } from "#domain/blob-store.ts";

/** S3 accepts at least 5 MiB, except for the last part. */
export const PART_BYTES = 8 * 1024 * 1024;

/** A part of a content. */
export interface ContentPart extends ContentRange {
  /** From 1. */
  readonly number: number;
  /** In hex. */
  readonly sha256: string;
}

/** The parts of a content that is still arriving. */
export interface ContentParts {
  /** Takes the next bytes. */
  push(chunk: Uint8Array): void;
  /** Returns the parts of all bytes; none if there were no bytes. Must be called once. */
  end(): readonly ContentPart[];
}

/** Cuts a content into parts while it passes, and hashes each. */
export function createContentParts(): ContentParts {
  const parts: ContentPart[] = [];
  let first = 0;
  let length = 0;
  let hash: Hash = createHash("sha256");

  function endPart(): void {
    parts.push({ number: parts.length + 1, first, length, sha256: hash.digest("hex") });
    first += length;
    length = 0;
    hash = createHash("sha256");
  }

  return {
    push(chunk) {
      for (let rest = chunk; rest.length > 0; ) {
        const bytes = rest.subarray(0, PART_BYTES - length);
        hash.update(bytes);
        length += bytes.length;
        rest = rest.subarray(bytes.length);
        if (length === PART_BYTES) endPart();
      }
    },
    end() {
      if (length > 0) endPart();
      return parts;
    },
  };
}
