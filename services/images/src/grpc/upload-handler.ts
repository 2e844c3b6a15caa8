import { requireUser } from "@triptych/chassis/identity/require-user";
import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import type { CreateImageRequest, ImageService } from "@triptych/protos/images/v1/image_service_pb";
import type { ImageHeader } from "#domain/image-fields.ts";
import { invalidArgument } from "#domain/reasons.ts";
import type { Uploads } from "#domain/uploads.ts";
import { toBlobStoreOutage } from "./blob-store-outage.ts";
import { fromVisibilityCode, toMessage } from "./messages.ts";

/** The contract's most; larger ones would hold up the other calls of the connection. */
const CHUNK_BYTES_MAX = 64 * 1024;

/** The handler of uploads. */
export function createUploadHandler(
  uploads: Uploads,
): Pick<Handlers<typeof ImageService>, "createImage"> {
  return {
    async createImage(requests, { caller, signal }) {
      const { userId: ownerId } = requireUser(caller);
      const image = await uploads.admit(async () => {
        const messages = requests[Symbol.asyncIterator]();
        try {
          const header = toHeader(await messages.next());
          const chunks = chunksOf(messages);
          return await uploads.createImage({ ownerId, header, chunks, signal });
        } catch (thrown) {
          throw toBlobStoreOutage(thrown);
        } finally {
          await messages.return?.();
        }
      });
      return toMessage(image);
    },
  };
}

function toHeader(first: IteratorResult<CreateImageRequest>): ImageHeader {
  const part = first.done ? undefined : first.value.part;
  if (part?.case !== "header") throw refused("header", "must be the first message");
  const { title, description, tags, visibility } = part.value;
  return { title, description, tags, visibility: fromVisibilityCode(visibility) };
}

/** Gives the chunks. Throws if the stream ends before its client has said that this was all. */
async function* chunksOf(messages: AsyncIterator<CreateImageRequest>): AsyncIterable<Uint8Array> {
  let sizeBytes = 0;
  for (let next = await messages.next(); !next.done; next = await messages.next()) {
    const { part } = next.value;
    if (part.case === "end") {
      if (part.value.sizeBytes === sizeBytes) return;
      throw refused("end", `must say the ${sizeBytes} bytes that came`);
    }
    if (part.case !== "chunk") throw refused("chunk", "must follow the header");
    if (part.value.length > CHUNK_BYTES_MAX) {
      throw refused("chunk", `must have at most ${CHUNK_BYTES_MAX} bytes`);
    }
    sizeBytes += part.value.length;
    yield part.value;
  }
  throw refused("end", "must be the last message: the upload was cut off");
}

function refused(field: string, message: string): Error {
  return invalidArgument([{ field, message }]);
}
