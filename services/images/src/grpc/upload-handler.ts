import { clientShareOf, FairSemaphore } from "@triptych/chassis/concurrency/fair-semaphore";
import { RETRY_AFTER_MS } from "@triptych/chassis/contract/retry-after";
import { requireUser } from "@triptych/chassis/identity/require-user";
import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import type { WatchPlaces } from "@triptych/chassis/telemetry/place-metrics";
import type { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { tooManyUploads, uploadsOverloaded } from "#domain/reasons.ts";
import type { Uploads } from "#domain/uploads.ts";
import { toBlobStoreOutage } from "./blob-store-outage.ts";
import { toMessage } from "./messages.ts";
import { readUploadFields } from "./requests.ts";
import { openUploadStream } from "./upload-stream.ts";

/** What the handler of uploads needs. */
export interface UploadHandlerDependencies {
  readonly uploads: Uploads;
  /** How many uploads may be under way at once. One account may have a quarter of them. */
  readonly uploadsMax: number;
  readonly watchPlaces: WatchPlaces;
}

/**
 * The handler of uploads. Each upload holds a permit of a semaphore that is fair by account, and
 * has no queue: a waiting upload would hold its client's connection. Without a permit it is refused
 * at once: with TOO_MANY_UPLOADS if the account has its share, with UPLOADS_OVERLOADED if all
 * permits are held. An upload may take an hour, so that an account is held to its share also while
 * nobody else uploads.
 */
export function createUploadHandler({
  uploads,
  uploadsMax,
  watchPlaces,
}: UploadHandlerDependencies): Pick<Handlers<typeof ImageService>, "createImage"> {
  const permits = new FairSemaphore({
    permits: uploadsMax,
    permitsPerKey: clientShareOf(uploadsMax),
    queueMax: 0,
  });
  const places = watchPlaces("uploads", permits);
  return {
    async createImage(requests, context) {
      const { userId: ownerId } = requireUser(context.caller);
      const outcome = permits.tryAcquire(ownerId);
      if (outcome !== "permitted") {
        places.countRefused(outcome);
        const refused = outcome === "over-share" ? tooManyUploads : uploadsOverloaded;
        throw refused(RETRY_AFTER_MS);
      }
      const messages = requests[Symbol.asyncIterator]();
      try {
        const { header, chunks, end } = await openUploadStream(messages);
        readUploadFields(header); // refuses bad fields before the bytes arrive
        const fields = () => readUploadFields(header, end());
        return toMessage(await uploads.createImage({ ownerId, chunks, fields }, context));
      } catch (thrown) {
        throw toBlobStoreOutage(thrown);
      } finally {
        permits.release(ownerId);
        await messages.return?.();
      }
    },
  };
}
