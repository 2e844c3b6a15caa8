import { requireUser } from "@triptych/chassis/identity/require-user";
import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import type {
  ImageHeader,
  ImageService,
  UploadEnd,
} from "@triptych/protos/images/v1/image_service_pb";
import type { ImageFields } from "#domain/image.ts";
import { checkHeader } from "#domain/image-rules.ts";
import type { Uploads } from "#domain/uploads.ts";
import { toBlobStoreOutage } from "./blob-store-outage.ts";
import { fromVisibilityCode, toMessage } from "./messages.ts";
import { openUploadStream } from "./upload-stream.ts";

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
          const { header, chunks, end } = await openUploadStream(messages);
          readFieldsOf(header); // what is wrong already is refused before the bytes come
          const fields = () => readFieldsOf(header, end());
          return await uploads.createImage({ ownerId, chunks, fields, signal });
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

/** Reads the fields of an image: those of the end count where the header gives them too. */
function readFieldsOf(header: ImageHeader, end?: UploadEnd): ImageFields {
  return checkHeader({
    title: end?.title ?? header.title,
    description: end?.description ?? header.description,
    tags: [...header.tags, ...(end?.tags ?? [])],
    visibility: fromVisibilityCode(end?.visibility || header.visibility),
  });
}
