import { status } from "@grpc/grpc-js";
import { Failure } from "@triptych/chassis/contract/failure";
import { createAuthenticator } from "@triptych/chassis/identity/authenticate";
import type { Caller } from "@triptych/chassis/identity/caller";
import type { Jwks } from "@triptych/chassis/identity/keys";
import { newId } from "@triptych/chassis/ids/new-id";
import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import { quietRouter } from "@triptych/chassis/testing/quiet-router";
import { startTestService, type TestService } from "@triptych/chassis/testing/test-service";
import { ImageState } from "@triptych/protos/images/v1/image_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";

/** An image that a test adds. */
export interface TestImage {
  readonly ownerId: string;
  readonly state?: ImageState;
}

/**
 * A stand-in for the images service that follows its contract: it shows an image only to its owner.
 * comments has one too, in `services/comments/test/images-server.ts`: there images may be public
 * and have comments, here they have a state.
 */
export interface ImagesServer extends TestService {
  /** Adds an image, and returns its id. */
  put(image: TestImage): string;
  /** Runs `act` before the next answer. */
  beforeNextAnswer(act: () => Promise<unknown>): void;
  /** How many calls it has received. */
  readonly asked: () => number;
}

/**
 * Serves images over real gRPC. Each is private, so that users must pass the owner's token on.
 */
export async function startImagesServer(keys: Jwks): Promise<ImagesServer> {
  const images = new Map<string, TestImage>();
  let asked = 0;
  let before: (() => Promise<unknown>) | undefined;
  const notExpected = async () => {
    throw new Error("users calls GetImageFacts and its batch only");
  };
  const handlers = {
    ...Object.fromEntries(ImageService.methods.map(({ localName }) => [localName, notExpected])),
    async getImageFacts({ id }: { readonly id: string }, { caller }: { readonly caller: Caller }) {
      asked += 1;
      const act = before;
      before = undefined;
      await act?.();
      const image = images.get(id);
      if (image === undefined || caller.kind !== "user" || caller.userId !== image.ownerId) {
        throw new Failure("IMAGE_NOT_FOUND", "There is no such image.");
      }
      return { id, ownerId: image.ownerId, state: image.state ?? ImageState.READY };
    },
    // All images are private.
    batchGetImageFacts: async () => ({ facts: [] }),
  } as unknown as Handlers<typeof ImageService>;
  const implementation = {
    service: ImageService,
    handlers,
    errorDomain: "images.triptych",
    reasonStatus: { IMAGE_NOT_FOUND: status.NOT_FOUND },
  };
  const router = quietRouter([implementation], createAuthenticator(keys));
  const service = await startTestService({ router });
  return {
    ...service,
    put(image) {
      const id = newId();
      images.set(id, image);
      return id;
    },
    beforeNextAnswer(act) {
      before = act;
    },
    asked: () => asked,
  };
}
