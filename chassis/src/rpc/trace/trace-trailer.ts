import type { Metadata } from "@grpc/grpc-js";
import type { Explanation } from "./explanation.ts";
import type { SpanNode } from "./trace.ts";
import { parseTraceText, toTraceText } from "./trace-text.ts";

/** The trailer in which a callee tells what it called. */
const CALLS_TRAILER = "x-explain-bin";
/** Some twenty calls. */
const CALLS_BYTES_MAX = 4 * 1024;

/** What a callee called, on its way back behind the answer. */
export class TraceTrailer implements Pick<Explanation, "called"> {
  #calls: readonly SpanNode[] | undefined;

  called(calls: readonly SpanNode[]): void {
    this.#calls = calls;
  }

  /** Writes the calls, if there is somebody who may see them, into what ends the answer. */
  writeTo(metadata: Metadata): Metadata {
    if (this.#calls !== undefined) {
      metadata.set(CALLS_TRAILER, Buffer.from(toTraceText(this.#calls, CALLS_BYTES_MAX)));
    }
    return metadata;
  }
}

/** Reads what a callee says that it called, out of what ended its answer. */
export function readTraceTrailer(metadata: Metadata): readonly SpanNode[] {
  const [trailer] = metadata.get(CALLS_TRAILER);
  return Buffer.isBuffer(trailer) ? parseTraceText(trailer.toString()) : [];
}
