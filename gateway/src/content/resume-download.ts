import { status } from "@grpc/grpc-js";
import { type RetryPolicy, retry } from "@triptych/chassis/concurrency/retry";
import { RpcError } from "@triptych/chassis/contract/rpc-error";
import type { ExtraCallBudget } from "@triptych/chassis/rpc/client/second-try";
import type {
  ContentHeader,
  DownloadImageResponse,
} from "@triptych/protos/images/v1/image_service_pb";

/** A download whose header has come, and whose bytes follow. */
export interface Download {
  readonly header: ContentHeader;
  readonly responses: AsyncIterator<DownloadImageResponse>;
}

/** How a lost download is resumed. */
export interface ResumeOptions {
  /** Begins a download of the bytes from `first` to the end of the lost one. */
  readonly reopen: (first: number) => Promise<Download>;
  /** Fires when the client leaves. */
  readonly signal: AbortSignal;
  /** Bounds how many downloads are asked for again since their replica was silent. */
  readonly budget: Pick<ExtraCallBudget, "spend">;
}

/** Backoff before each retry. The sum, 7.75 s, exceeds a service's restart. */
const BACKOFF_MS = [0, 250, 500, 1_000, 2_000, 4_000] as const;

/**
 * Yields the bytes of a download to its last one. If its connection is lost, or its replica hangs,
 * the rest is requested again, from another replica; images checks again whether the viewer may see
 * it. Each byte begins a new series of retries. If many wait since images is busy, asking again
 * only adds to its load: a budget bounds that. Throws any other error, and if the bytes were
 * replaced meanwhile.
 */
export async function* resumeDownload(
  download: Download,
  { reopen, signal, budget }: ResumeOptions,
): AsyncGenerator<Uint8Array> {
  const { version, first, length } = download.header;
  const end = first + length;
  let at = first;
  let current: Download | undefined = download;

  async function readNext(): Promise<IteratorResult<DownloadImageResponse>> {
    current ??= await reopen(at);
    if (current.header.version !== version) throw new Error("other bytes took their place");
    return await current.responses.next();
  }

  const policy: RetryPolicy = {
    attemptsMax: BACKOFF_MS.length + 1,
    delayMs: (attempt) => BACKOFF_MS[attempt - 1] ?? 0,
    isRetryable: (thrown) => isLost(thrown) || (isSilent(thrown) && budget.spend()),
    signal,
    onRetry() {
      current = undefined;
    },
  };
  try {
    while (at < end) {
      const { done, value } = await retry(readNext, policy);
      if (done) throw new Error("a download ended before its last byte");
      if (value.part.case !== "chunk") continue;
      yield value.part.value;
      at += value.part.value.length;
    }
    // Every byte has come; how the call ends changes nothing. Breaking it off would cancel it.
    await readNext().catch(() => undefined);
  } finally {
    await current?.responses.return?.();
  }
}

/** A lost connection, or a service that restarts. */
function isLost(thrown: unknown): boolean {
  return thrown instanceof RpcError && thrown.code === status.UNAVAILABLE;
}

/** A replica that hangs, or is very busy. */
function isSilent(thrown: unknown): boolean {
  return thrown instanceof RpcError && thrown.code === status.DEADLINE_EXCEEDED;
}
