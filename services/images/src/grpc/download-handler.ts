import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import type { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import type { Downloads } from "#domain/downloads.ts";
import { invalidArgument } from "#domain/reasons.ts";
import { viewerOf } from "#domain/viewer.ts";
import { toBlobStoreOutage } from "./blob-store-outage.ts";
import { fromVariantCode, toVisibilityCode } from "./messages.ts";

/** The handler of downloads. */
export function createDownloadHandler(
  downloads: Downloads,
): Pick<Handlers<typeof ImageService>, "downloadImage"> {
  return {
    async *downloadImage({ id, variant: code, range }, { caller, signal }) {
      const variant = fromVariantCode(code);
      if (variant === undefined) {
        throw invalidArgument([{ field: "variant", message: "is not one that there is" }]);
      }
      const request = { id, variant, range: range && { first: range.first, last: range.last } };
      const { header, chunks } = await downloads
        .downloadImage(request, viewerOf(caller), signal)
        .catch(throwOutage);
      const visibility = toVisibilityCode(header.visibility);
      // One iterator from before the first yield: whoever stops here or later closes the file.
      const bytes = chunks[Symbol.asyncIterator]();
      try {
        yield { part: { case: "header", value: { ...header, visibility } } };
        for (let next = await bytes.next(); !next.done; next = await bytes.next()) {
          yield { part: { case: "chunk", value: Uint8Array.from(next.value) } };
        }
      } catch (thrown) {
        throwOutage(thrown);
      } finally {
        await bytes.return?.();
      }
    },
  };
}

function throwOutage(thrown: unknown): never {
  throw toBlobStoreOutage(thrown);
}
