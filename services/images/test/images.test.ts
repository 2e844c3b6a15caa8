import type { UserCaller } from "@triptych/chassis/identity/caller";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { type Image, ImageState, Visibility } from "@triptych/protos/images/v1/image_pb";
import { picture } from "./pictures.ts";
import { type ImagesUnderTest, startImages } from "./start-images.ts";

const ID = "0199d3a0-0000-7000-8000-000000000001";

describe("images", () => {
  let images: ImagesUnderTest;
  let file: Buffer;
  let owner: UserCaller;
  let other: UserCaller;
  beforeAll(async () => {
    images = await startImages();
    file = await picture(30, 20).png().toBuffer();
    owner = await images.user();
    other = await images.user();
  });
  afterEach(() => images.clear());
  afterAll(() => images[Symbol.asyncDispose]());

  const upload = (visibility: Visibility, caller = owner) =>
    images.upload(caller, file, { visibility });
  const get = (id: string, caller?: UserCaller) =>
    images.client.getImage({ id }, contextFor(caller));

  describe("getting an image", () => {
    test("returns the image that the upload returned", async () => {
      const image = await images.upload(owner, file, { title: "A title", tags: [" Sea ", "sea"] });
      expect(image).toMatchObject({
        ownerId: owner.userId,
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
      expect(await get(image.id, owner)).toEqual(image);
      expect((await get(image.id)).liked).toBeUndefined();
    });

    test("returns public and unlisted images to anyone, and private ones to their owner", async () => {
      for (const visibility of [Visibility.PUBLIC, Visibility.UNLISTED]) {
        const { id } = await upload(visibility);
        expect(await get(id)).toMatchObject({ id });
        expect(await get(id, other)).toMatchObject({ id });
      }
      const { id } = await upload(Visibility.PRIVATE);
      expect(await get(id, owner)).toMatchObject({ id });
      for (const caller of [undefined, other]) {
        await expect(get(id, caller)).rejects.toMatchObject({ reason: "IMAGE_NOT_FOUND" });
      }
    });

    test("fails with IMAGE_NOT_FOUND if there is no such image", async () => {
      await expect(get(ID)).rejects.toMatchObject({
        reason: "IMAGE_NOT_FOUND",
        domain: "images.triptych",
        metadata: { id: ID },
      });
    });

    test.each(["", "7", "not-a-uuid", ID.toUpperCase(), `${ID}\0`, `${ID}'--`])(
      "fails with INVALID_ARGUMENT that names the id %j",
      async (id) => {
        await expect(get(id)).rejects.toMatchObject({
          reason: "INVALID_ARGUMENT",
          violations: [{ field: "id" }],
        });
      },
    );
  });

  describe("getting the facts of an image", () => {
    const getFacts = (id: string, caller?: UserCaller) =>
      images.client.getImageFacts({ id }, contextFor(caller));

    test("returns the image's own values, before and after a change", async () => {
      const { id } = await upload(Visibility.UNLISTED);
      expect(await getFacts(id, other)).toMatchObject({
        id,
        ownerId: owner.userId,
        commentsOpen: true,
        state: ImageState.PROCESSING,
      });
      const closed = {
        image: { id, commentsOpen: false },
        updateMask: { paths: ["comments_open"] },
      };
      await images.client.updateImage(closed, contextFor(owner));
      expect((await getFacts(id)).commentsOpen).toBe(false);
    });

    test("returns those of many images, and leaves private ones out, whoever asks", async () => {
      const shown = await upload(Visibility.PUBLIC);
      const unlisted = await upload(Visibility.UNLISTED);
      const hidden = await upload(Visibility.PRIVATE);
      const ids = [shown.id, unlisted.id, hidden.id, ID];
      for (const caller of [undefined, owner]) {
        const { facts } = await images.client.batchGetImageFacts({ ids }, contextFor(caller));
        const found = facts.map(({ id }) => id);
        expect(found.toSorted()).toEqual([shown.id, unlisted.id].toSorted());
      }
    });

    test("returns those of a private image to its owner only", async () => {
      const { id } = await upload(Visibility.PRIVATE);
      expect(await getFacts(id, owner)).toMatchObject({ id });
      for (const caller of [undefined, other]) {
        await expect(getFacts(id, caller)).rejects.toMatchObject({ reason: "IMAGE_NOT_FOUND" });
      }
    });

    test("fails with IMAGE_NOT_FOUND if there is no such image", async () => {
      await expect(getFacts(ID)).rejects.toMatchObject({
        reason: "IMAGE_NOT_FOUND",
        domain: "images.triptych",
        metadata: { id: ID },
      });
    });

    test("fails with INVALID_ARGUMENT that names a bad id", async () => {
      await expect(getFacts("7")).rejects.toMatchObject({ violations: [{ field: "id" }] });
    });
  });

  describe("getting many images", () => {
    test("returns public and unlisted images, and lists private ones as restricted", async () => {
      const shown = [await upload(Visibility.PUBLIC), await upload(Visibility.UNLISTED)];
      const hidden = await upload(Visibility.PRIVATE);
      const ids = [...shown.map(({ id }) => id), hidden.id, ID, hidden.id];
      const batch = await images.client.batchGetImages({ ids }, contextFor());
      expect(idsOf(batch.images).sort()).toEqual(idsOf(shown).sort());
      expect(batch.restrictedIds).toEqual([hidden.id]);
    });

    test("fails with INVALID_ARGUMENT that names each bad id, or for too many ids", async () => {
      const bad = images.client.batchGetImages({ ids: ["x", ID, "y"] }, contextFor());
      await expect(bad).rejects.toMatchObject({
        violations: [{ field: "ids[0]" }, { field: "ids[2]" }],
      });
      const many = images.client.batchGetImages({ ids: Array(201).fill(ID) }, contextFor());
      await expect(many).rejects.toMatchObject({ violations: [{ field: "ids" }] });
    });
  });

  describe("changing an image", () => {
    const update = (image: object, paths: string[], caller: UserCaller | undefined = owner) =>
      images.client.updateImage({ image, updateMask: { paths } }, contextFor(caller));

    test("changes the fields of the mask only, and the etag", async () => {
      const before = await images.upload(owner, file, { title: "Old", tags: ["old"] });
      const after = await update(
        {
          id: before.id,
          etag: "1",
          title: "New",
          description: "ignored",
          tags: ["New"],
          visibility: Visibility.UNLISTED,
        },
        ["title", "tags", "visibility", "comments_open"],
      );
      const expected = { title: "New", description: "", tags: ["new"], etag: "2" };
      expect(after).toMatchObject({
        ...expected,
        commentsOpen: false,
        visibility: Visibility.UNLISTED,
      });
      expect(await get(before.id, owner)).toEqual(after);
      const listed = (tag: string) =>
        images.client.listImages({ tag, ownerId: owner.userId }, contextFor(owner));
      expect((await listed("old")).images).toEqual([]);
      expect(idsOf((await listed("new")).images)).toEqual([before.id]);
    });

    test("fails with ETAG_MISMATCH if the image was changed since, and changes nothing", async () => {
      const { id } = await upload(Visibility.PUBLIC);
      await update({ id, title: "First" }, ["title"]);
      const late = update({ id, etag: "1", title: "Second" }, ["title"]);
      await expect(late).rejects.toMatchObject({ reason: "ETAG_MISMATCH" });
      expect(await get(id)).toMatchObject({ title: "First", etag: "2" });
    });

    test("accepts one of two changes with the same etag", async () => {
      const { id, etag } = await upload(Visibility.PUBLIC);
      const both = await Promise.allSettled(
        ["a", "b"].map((title) => update({ id, etag, title }, ["title"])),
      );
      expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    });

    test("fails with NOT_IMAGE_OWNER for another user's image, and with IMAGE_NOT_FOUND for a private one", async () => {
      const shown = await upload(Visibility.PUBLIC);
      const hidden = await upload(Visibility.PRIVATE);
      const change = (id: string) => update({ id, title: "Mine" }, ["title"], other);
      await expect(change(shown.id)).rejects.toMatchObject({ reason: "NOT_IMAGE_OWNER" });
      await expect(change(hidden.id)).rejects.toMatchObject({ reason: "IMAGE_NOT_FOUND" });
      await expect(change(ID)).rejects.toMatchObject({ reason: "IMAGE_NOT_FOUND" });
    });

    test("fails with UNAUTHENTICATED for an anonymous caller", async () => {
      const { id } = await upload(Visibility.PUBLIC);
      const change = images.client.updateImage(
        { image: { id }, updateMask: { paths: ["title"] } },
        contextFor(),
      );
      await expect(change).rejects.toMatchObject({ reason: "UNAUTHENTICATED" });
    });

    test.each([
      ["an empty mask", {}, [], "update_mask"],
      ["a mask that names what cannot be changed", {}, ["owner_id"], "update_mask"],
      ["a long title", { title: "x".repeat(201) }, ["title"], "image.title"],
      ["a long tag", { tags: ["ok", "x".repeat(51)] }, ["tags"], "image.tags[1]"],
      ["no visibility", {}, ["visibility"], "image.visibility"],
      ["no id", { id: "" }, ["title"], "image.id"],
    ])("fails with INVALID_ARGUMENT for %s", async (_, fields, paths, field) => {
      const refused = update({ id: ID, ...fields }, paths);
      await expect(refused).rejects.toMatchObject({ violations: [{ field }] });
    });
  });

  describe("deleting an image", () => {
    const remove = (id: string, caller = owner, etag = "") =>
      images.client.deleteImage({ id, etag }, contextFor(caller));

    test("removes its row, its bytes, its tags and its likes", async () => {
      const { id } = await images.upload(owner, file, { tags: ["sea"] });
      await images.client.likeImage({ id }, contextFor(other));
      await remove(id);
      await expect(get(id, owner)).rejects.toMatchObject({ reason: "IMAGE_NOT_FOUND" });
      expect(await images.files()).toEqual([]);
      for (const table of ["images", "blobs", "variants", "image_tags", "likes"]) {
        expect(await images.query(`select * from ${table}`)).toEqual([]);
      }
      await expect(remove(id)).rejects.toMatchObject({ reason: "IMAGE_NOT_FOUND" });
    });

    test("fails with NOT_IMAGE_OWNER, IMAGE_NOT_FOUND and ETAG_MISMATCH as a change does", async () => {
      const shown = await upload(Visibility.PUBLIC);
      const hidden = await upload(Visibility.PRIVATE);
      await expect(remove(shown.id, other)).rejects.toMatchObject({ reason: "NOT_IMAGE_OWNER" });
      await expect(remove(hidden.id, other)).rejects.toMatchObject({ reason: "IMAGE_NOT_FOUND" });
      await expect(remove(shown.id, owner, "7")).rejects.toMatchObject({ reason: "ETAG_MISMATCH" });
      await remove(shown.id, owner, "1");
    });

    test("leaves the right files when many images of the same bytes are uploaded and deleted at once", async () => {
      const work = Array.from({ length: 24 }, async (_, index) => {
        const { id } = await upload(Visibility.PUBLIC);
        if (index % 2 === 0) await remove(id);
      });
      await Promise.all(work);
      expect(await images.query("select reference_count from blobs")).toEqual([
        { reference_count: 12 },
      ]);
      expect(await images.files()).toHaveLength(1);
      const { images: left } = await images.client.listImages({}, contextFor());
      await Promise.all(left.map(({ id }) => remove(id)));
      expect(await images.files()).toEqual([]);
      expect(await images.query("select hash from blobs")).toEqual([]);
    });
  });
});

function idsOf(images: readonly Image[]): string[] {
  return images.map(({ id }) => id);
}
