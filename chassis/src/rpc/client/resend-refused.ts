import { judge } from "#contract/verdict.ts";

/** More than connections that end for their age can refuse one after the other. */
const SENDS_MAX = 8;

/**
 * Sends a call again that was refused since its connection was about to end. Nothing was done, so
 * it does not matter whether the method may be called twice. grpc-js does so once by itself; a
 * write that meets two such connections in a row would be lost.
 */
export async function resendRefused<T>(send: () => Promise<T>): Promise<T> {
  for (let sends = 1; ; sends++) {
    try {
      return await send();
    } catch (thrown) {
      if (!judge(thrown).isRefusedUnread || sends === SENDS_MAX) throw thrown;
    }
  }
}
