import { contextFor } from "@triptych/chassis/testing/test-context";
import { ImageState, Visibility } from "@triptych/protos/images/v1/image_pb";
import { picture } from "./pictures.ts";
import { startImages, type TestImages } from "./start-images.ts";

describe("images", () => {
  let images: TestImages;
  let file: Buffer;
  beforeAll(async () => {
    images = await startImages();
    file = await picture(30, 20).png().toBuffer();
  });
  afterAll(() => images[Symbol.asyncDispose]());

  test("an upload is answered with the image, and is found again by its id and in lists", async () => {
    const caller = await images.user();
    const image = await images.upload(caller, file, { title: "A title", tags: [" Sea ", "sea"] });
    expect(image).toMatchObject({
      ownerId: caller.userId,
      title: "A title",
      tags: ["sea"],
      visibility: Visibility.PUBLIC,
      commentsOpen: true,
      state: ImageState.PROCESSING,
      contentType: "image/png",
      sizeBytes: file.length,
      liked: false,
      likeCount: 0,
      etag: "1",
    });
    expect(await images.client.getImage({ id: image.id }, contextFor(caller))).toEqual(image);
    const { images: listed } = await images.client.listImages({}, contextFor());
    expect(listed.map(({ id }) => id)).toEqual([image.id]);
    expect(listed[0]?.liked).toBeUndefined();
  });
});
