import { status } from "@grpc/grpc-js";
import type { UserCaller } from "@triptych/chassis/identity/caller";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { picture } from "./pictures.ts";
import { type ImagesUnderTest, startImages, type UploadMessage } from "./start-images.ts";

describe("images, switched to read-only by an operator", () => {
  let images: ImagesUnderTest;
  let caller: UserCaller;
  let file: Buffer;

  beforeAll(async () => {
    images = await startImages();
    caller = await images.user();
    file = await picture(30, 20).png().toBuffer();
  });
  afterAll(() => images[Symbol.asyncDispose]());

  test("answers reads, refuses an upload before its bytes arrive, and accepts it when switched back", async () => {
    const { id } = await images.upload(caller, file);
    images.readOnly.set(true);

    const over = Promise.withResolvers<void>();
    async function* bytesNeverCome(): AsyncIterable<UploadMessage> {
      yield { part: { case: "header", value: {} } };
      await over.promise;
    }
    const refused = images.client.createImage(bytesNeverCome(), contextFor(caller));
    await expect(refused).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      reason: "READ_ONLY",
      retryAfterMs: expect.any(Number),
    });
    over.resolve();
    expect((await images.client.getImage({ id }, contextFor(caller))).id).toBe(id);

    images.readOnly.set(false);
    await images.upload(caller, file);
  });
});
