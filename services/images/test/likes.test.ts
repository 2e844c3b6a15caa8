import type { UserCaller } from "@triptych/chassis/identity/caller";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { type Image, Visibility } from "@triptych/protos/images/v1/image_pb";
import { picture } from "./pictures.ts";
import { type ImagesUnderTest, startImages } from "./start-images.ts";

const ID = "0199d3a0-0000-7000-8000-000000000001";

describe("likes", () => {
  let images: ImagesUnderTest;
  let owner: UserCaller;
  let image: Image;
  let hidden: Image;
  beforeAll(async () => {
    images = await startImages();
    owner = await images.user();
    const file = await picture(30, 20).png().toBuffer();
    image = await images.upload(owner, file);
    hidden = await images.upload(owner, file, { visibility: Visibility.PRIVATE });
  });
  afterEach(async () => {
    await images.query("delete from likes");
    await images.query("update images set like_count = 0");
  });
  afterAll(() => images[Symbol.asyncDispose]());

  const like = (caller: UserCaller, id = image.id) =>
    images.client.likeImage({ id }, contextFor(caller));
  const unlike = (caller: UserCaller, id = image.id) =>
    images.client.unlikeImage({ id }, contextFor(caller));
  const get = (caller?: UserCaller) => images.client.getImage({ id: image.id }, contextFor(caller));
  const list = (request: object, caller?: UserCaller) =>
    images.client.listLikes({ imageId: image.id, ...request }, contextFor(caller));

  test("are counted, and shown to the user who gave them", async () => {
    const [ann, ben] = [await images.user(), await images.user()];
    await like(ann);
    expect(await get(ann)).toMatchObject({ likeCount: 1, liked: true, etag: "1" });
    expect(await get(ben)).toMatchObject({ likeCount: 1, liked: false });
    expect((await get()).liked).toBeUndefined();
  });

  test("count once however often they are added, and are removed once", async () => {
    const ann = await images.user();
    await Promise.all(Array.from({ length: 8 }, () => like(ann)));
    expect(await get(ann)).toMatchObject({ likeCount: 1, liked: true });
    await Promise.all(Array.from({ length: 8 }, () => unlike(ann)));
    expect(await get(ann)).toMatchObject({ likeCount: 0, liked: false });
  });

  test("of many users at once are all counted", async () => {
    const users = await Promise.all(Array.from({ length: 40 }, () => images.user()));
    await Promise.all(users.map((user) => like(user)));
    await Promise.all(users.slice(10).map((user) => unlike(user)));
    expect(await get()).toMatchObject({ likeCount: 10 });
    expect(await images.query("select from likes")).toHaveLength(10);
  });

  test("are listed newest first, in pages that show each once", async () => {
    const users: UserCaller[] = [];
    for (let count = 0; count < 7; count++) {
      const user = await images.user();
      await like(user);
      users.push(user);
    }
    // The last four have the same millisecond, the others are a minute apart.
    for (const [index, { userId }] of users.entries()) {
      await images.query(
        "update likes set create_time = date_trunc('hour', now()) - $2 * interval '1 minute' where user_id = $1",
        [userId, Math.min(index, 3)],
      );
    }
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await list({ pageSize: 2, pageToken });
      seen.push(...page.likes.map(({ userId }) => userId));
      pageToken = page.nextPageToken;
      await like(await images.user());
    } while (pageToken !== "");
    const expected = users.map(({ userId }) => userId);
    expect(seen.slice(0, 3)).toEqual(expected.slice(0, 3));
    expect(seen.toSorted()).toEqual(expected.toSorted());
  });

  test("fail with IMAGE_NOT_FOUND for an unknown image, and for another user's private image", async () => {
    const ann = await images.user();
    for (const id of [ID, hidden.id]) {
      for (const refused of [like(ann, id), unlike(ann, id), list({ imageId: id }, ann)]) {
        await expect(refused).rejects.toMatchObject({ reason: "IMAGE_NOT_FOUND" });
      }
    }
    await like(owner, hidden.id);
    expect((await list({ imageId: hidden.id }, owner)).likes).toHaveLength(1);
  });

  test("either count or find no image when the image is deleted at once", async () => {
    const file = await picture(20, 20).png().toBuffer();
    const users = await Promise.all(Array.from({ length: 10 }, () => images.user()));
    const { id } = await images.upload(owner, file);
    const work = users.map((user) => like(user, id).catch((error) => error.reason));
    const deleted = images.client.deleteImage({ id }, contextFor(owner));
    const outcomes = await Promise.all(work);
    await deleted;
    expect(outcomes.filter((reason) => typeof reason === "string")).toEqual(
      outcomes.filter((reason) => reason === "IMAGE_NOT_FOUND"),
    );
    expect(await images.query("select from likes where image_id = $1", [id])).toEqual([]);
  });

  test("fail with UNAUTHENTICATED for an anonymous caller", async () => {
    const { client } = images;
    for (const refused of [
      client.likeImage({ id: image.id }, contextFor()),
      client.unlikeImage({ id: image.id }, contextFor()),
    ]) {
      await expect(refused).rejects.toMatchObject({ reason: "UNAUTHENTICATED" });
    }
  });

  test("fail with INVALID_ARGUMENT that names the bad field", async () => {
    const ann = await images.user();
    await expect(like(ann, "x")).rejects.toMatchObject({ violations: [{ field: "id" }] });
    await expect(unlike(ann, "x")).rejects.toMatchObject({ violations: [{ field: "id" }] });
    await expect(list({ imageId: "x", pageSize: -1, pageToken: "y" })).rejects.toMatchObject({
      violations: [{ field: "image_id" }, { field: "page_size" }, { field: "page_token" }],
    });
  });
});
