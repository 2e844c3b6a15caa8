import { Readable } from "node:stream";
import { type FileRange, readRange } from "#blobs/scratch/read-range.ts";
import { createWatchdog } from "./idle-timeout.ts";

/** How long a part of a file may take to be sent. */
export interface SendLimits {
  /** How many milliseconds may pass without a byte moving. */
  readonly silenceMsMax: number;
  /** Ends it in any case. */
  readonly deadline: AbortSignal;
}

/** Streams a part of a file as the body of a request, once: who sends it again calls this again. */
export async function sendRange<Answer>(
  range: FileRange,
  { silenceMsMax, deadline }: SendLimits,
  send: (body: Readable, abortSignal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  using watchdog = createWatchdog(silenceMsMax, deadline);
  const { signal, touch } = watchdog;
  const body = Readable.from(readRange(range, touch), { objectMode: false });
  // a scratch file that cannot be read: nothing more is sent, and the watchdog ends it
  body.on("error", () => {});
  try {
    return await send(body, signal);
  } finally {
    body.destroy();
  }
}
