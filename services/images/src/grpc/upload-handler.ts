import { Semaphore } from "@triptych/chassis/concurrency/semaphore";
import { RETRY_AFTER_MS } from "@triptych/chassis/contract/retry-after";
import { requireUser } from "@triptych/chassis/identity/require-user";
import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import type { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { uploadsOverloaded } from "#domain/reasons.ts";
import type { Uploads } from "#domain/uploads.ts";
import { toBlobStoreOutage } from "./blob-store-outage.ts";
import { toMessage } from "./messages.ts";
import { readUploadFields } from "./requests.ts";
import { openUploadStream } from "./upload-stream.ts";

/** What the handler of uploads needs. */
export interface UploadHandlerDependencies {
  readonly uploads: Uploads;
  /** How many uploads may be under way at once. */
  readonly uploadsMax: number;
}

/**
 * The handler of uploads. Each upload holds a permit of a semaphore without a queue. Without a
 * permit it is refused at once, with UPLOADS_OVERLOADED: a waiting upload would hold its client's
 * connection.
 */
export function createUploadHandler({
  uploads,
  uploadsMax,
}: UploadHandlerDependencies): Pick<Handlers<typeof ImageService>, "createImage"> {
  const permits = new Semaphore({ permits: uploadsMax, queueMax: 0 });
  return {
    async createImage(requests, context) {
      const { userId: ownerId } = requireUser(context.caller);
      if (!permits.tryAcquire()) throw uploadsOverloaded(RETRY_AFTER_MS);
      const messages = requests[Symbol.asyncIterator]();
      try {
        const { header, chunks, end } = await openUploadStream(messages);
        readUploadFields(header); // refuses bad fields before the bytes arrive
        const fields = () => readUploadFields(header, end());
        return toMessage(await uploads.createImage({ ownerId, chunks, fields }, context));
      } catch (thrown) {
        throw toBlobStoreOutage(thrown);
      } finally {
        permits.release();
        await messages.return?.();
      }
    },
  };
}
