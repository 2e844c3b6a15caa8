import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import type { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import type { Downloads } from "#domain/downloads/downloads.ts";
import { toBlobStoreOutage } from "./blob-store-outage.ts";
import { toVisibilityCode } from "./messages.ts";
import { readDownloadImage } from "./requests.ts";

/** The handler of downloads. */
export function createDownloadHandler(
  downloads: Downloads,
): Pick<Handlers<typeof ImageService>, "downloadImage"> {
  return {
    async *downloadImage(request, context) {
      const { header, chunks } = await downloads
        .downloadImage(readDownloadImage(request), context)
        .catch(throwOutage);
      const visibility = toVisibilityCode(header.visibility);
      // One iterator, taken before the first yield: ending it closes the file, wherever the reader
      // stops.
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
