import type { Metadata } from "@grpc/grpc-js";
import type { Explanation } from "./explanation.ts";
import type { SpanNode } from "./trace.ts";
import { parseTraceText, toTraceText } from "./trace-text.ts";

/** The trailer with the spans of a callee. */
const CALLS_TRAILER = "x-explain-bin";
/** Some twenty spans. */
const CALLS_BYTES_MAX = 4 * 1024;

/** The spans of a callee, which follow its answer. */
export class TraceTrailer implements Pick<Explanation, "called"> {
  #calls: readonly SpanNode[] | undefined;

  called(calls: readonly SpanNode[]): void {
    this.#calls = calls;
  }

  /** Writes the spans into the trailers of an answer, if the user may see them. */
  writeTo(metadata: Metadata): Metadata {
    if (this.#calls !== undefined) {
      metadata.set(CALLS_TRAILER, Buffer.from(toTraceText(this.#calls, CALLS_BYTES_MAX)));
    }
    return metadata;
  }
}

/** Reads the spans of a callee from the trailers of its answer. */
export function readTraceTrailer(metadata: Metadata): readonly SpanNode[] {
  const [trailer] = metadata.get(CALLS_TRAILER);
  return Buffer.isBuffer(trailer) ? parseTraceText(trailer.toString()) : [];
}
