import { status } from "@grpc/grpc-js";
import { Failure } from "@triptych/chassis/contract/failure";
import { createAuthenticator } from "@triptych/chassis/identity/authenticate";
import type { Caller } from "@triptych/chassis/identity/caller";
import type { Jwks } from "@triptych/chassis/identity/keys";
import { newId } from "@triptych/chassis/ids/new-id";
import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import { quietRouter } from "@triptych/chassis/testing/quiet-router";
import { startTestService, type TestService } from "@triptych/chassis/testing/test-service";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";

/** An image as a test describes it. */
export interface TestImage {
  readonly ownerId: string;
  readonly commentsOpen?: boolean;
  readonly isPrivate?: boolean;
}

/**
 * A small images service that obeys the contract: it shows a private image only to the bearer of
 * its owner's token. users has a stand-in of its own, since it calls images for something else.
 */
export interface ImagesServer extends TestService {
  /** Adds an image, or replaces the one with this id. Returns its id. */
  put(image: TestImage, id?: string): string;
  /** Returns how many calls were answered. */
  readonly asked: () => number;
}

/** Serves images over real gRPC. */
export async function startImagesServer(keys: Jwks): Promise<ImagesServer> {
  const images = new Map<string, TestImage>();
  let asked = 0;
  const notExpected = async () => {
    throw new Error("comments calls GetImageFacts and its batch only");
  };
  const factsOf = (id: string, { ownerId, commentsOpen = true }: TestImage) => ({
    id,
    ownerId,
    commentsOpen,
  });
  const handlers = {
    ...Object.fromEntries(ImageService.methods.map(({ localName }) => [localName, notExpected])),
    async getImageFacts({ id }: { readonly id: string }, { caller }: { readonly caller: Caller }) {
      asked += 1;
      const image = images.get(id);
      const viewerId = caller.kind === "user" ? caller.userId : undefined;
      if (image === undefined || (image.isPrivate && viewerId !== image.ownerId)) {
        throw new Failure("IMAGE_NOT_FOUND", "There is no such image.");
      }
      return factsOf(id, image);
    },
    async batchGetImageFacts({ ids }: { readonly ids: readonly string[] }) {
      asked += 1;
      const facts = ids.flatMap((id) => {
        const image = images.get(id);
        return image === undefined || image.isPrivate ? [] : factsOf(id, image);
      });
      return { facts };
    },
  } as unknown as Handlers<typeof ImageService>;
  const router = quietRouter(
    [
      {
        service: ImageService,
        handlers,
        errorDomain: "images.triptych",
        reasonStatus: { IMAGE_NOT_FOUND: status.NOT_FOUND },
      },
    ],
    createAuthenticator(keys),
  );
  const service = await startTestService({ router });
  return {
    ...service,
    put(image, id = newId()) {
      images.set(id, image);
      return id;
    },
    asked: () => asked,
  };
}
