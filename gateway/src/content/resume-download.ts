import { setTimeout as delay } from "node:timers/promises";
import { RpcError, statusName } from "@triptych/chassis/contract/rpc-error";
import type {
  ContentHeader,
  DownloadImageResponse,
} from "@triptych/protos/images/v1/image_service_pb";

/** A download whose header has come. */
export interface Download {
  readonly header: ContentHeader;
  readonly responses: AsyncIterator<DownloadImageResponse>;
}

/** How a download that was lost is begun again. */
export interface ResumeOptions {
  /** Begins one of the bytes from here on, to where the lost one would have ended. */
  readonly reopen: (first: number) => Promise<Download>;
  /** Fires when the client leaves. */
  readonly signal: AbortSignal;
}

/**
 * So long is waited before each try that follows upon one without a byte, in milliseconds: together
 * longer than a service takes to come back.
 */
const WAITS_MS = [0, 250, 500, 1_000, 2_000, 4_000] as const;

/**
 * Gives the bytes of a download to its end. If its connection is lost, or its replica hangs, the
 * rest is asked for again, and so is whether the viewer may see it. Throws what ends it otherwise,
 * and if the bytes are others meanwhile.
 */
export async function* resumeDownload(
  download: Download,
  { reopen, signal }: ResumeOptions,
): AsyncGenerator<Uint8Array> {
  const { version, first, length } = download.header;
  const end = first + length;
  let [current, at, tries]: [Download | undefined, number, number] = [download, first, 0];
  try {
    for (;;) {
      try {
        current ??= await reopen(at);
        if (current.header.version !== version) throw new Error("other bytes took their place");
        const next = await current.responses.next();
        if (next.done && at < end) throw new Error("a download ended before its last byte");
        if (next.done) return;
        const { part } = next.value;
        if (part.case !== "chunk") continue;
        yield part.value;
        at += part.value.length;
        tries = 0;
      } catch (thrown) {
        if (isLost(thrown) && at === end) return;
        const waitMs = WAITS_MS[tries];
        if (!isLost(thrown) || waitMs === undefined) throw thrown;
        tries += 1;
        current = undefined;
        await delay(waitMs, undefined, { signal });
      }
    }
  } finally {
    await current?.responses.return?.();
  }
}

/**
 * How calls end whose connection is lost, whose replica hangs, or whose service is away for the
 * moment.
 */
const LOST: ReadonlySet<string> = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED"]);

function isLost(thrown: unknown): boolean {
  return thrown instanceof RpcError && LOST.has(statusName(thrown.code));
}
