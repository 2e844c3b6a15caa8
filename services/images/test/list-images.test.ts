import type { UserCaller } from "@triptych/chassis/identity/caller";
import { newId } from "@triptych/chassis/ids/new-id";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { type Image, Visibility } from "@triptych/protos/images/v1/image_pb";
import { picture } from "./pictures.ts";
import { type ImagesUnderTest, startImages } from "./start-images.ts";

describe("a list of images", () => {
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
  const list = (request: object, caller?: UserCaller) =>
    images.client.listImages(request, contextFor(caller));

  test("shows public images to anyone, and to an owner all of their own, newest first", async () => {
    const shown = await upload(Visibility.PUBLIC);
    const unlisted = await upload(Visibility.UNLISTED);
    const hidden = await upload(Visibility.PRIVATE);
    const broken = await upload(Visibility.PUBLIC);
    const others = await upload(Visibility.PUBLIC, other);
    await images.query("update images set state = 'failed', failure = 'unreadable' where id = $1", [
      broken.id,
    ]);
    const own = [broken, hidden, unlisted, shown];
    const ownerId = owner.userId;
    expect(idsOf((await list({})).images)).toEqual(idsOf([others, shown]));
    expect(idsOf((await list({}, other)).images)).toEqual(idsOf([others, shown]));
    expect(idsOf((await list({}, owner)).images)).toEqual(idsOf([others, ...own]));
    expect(idsOf((await list({ ownerId })).images)).toEqual([shown.id]);
    expect(idsOf((await list({ ownerId }, other)).images)).toEqual([shown.id]);
    expect(idsOf((await list({ ownerId }, owner)).images)).toEqual(idsOf(own));
  });

  test("is the same in a batch, which leaves out a request that is refused", async () => {
    const shown = await upload(Visibility.PUBLIC);
    const hidden = await upload(Visibility.PRIVATE);
    const { userId: ownerId } = owner;
    const requests = [{}, { ownerId }, { ownerId, pageToken: "forged" }, { tag: "sea" }];
    const batch = async (caller?: UserCaller) => {
      const { results } = await images.client.batchListImages({ requests }, contextFor(caller));
      return results.map(({ page }) => page && idsOf(page.images));
    };
    expect(await batch()).toEqual([[shown.id], [shown.id], undefined, []]);
    const own = idsOf([hidden, shown]);
    expect(await batch(owner)).toEqual([own, own, undefined, []]);
  });

  test("filters by tag, without regard to case, and by owner as well", async () => {
    const mine = await images.upload(owner, file, { tags: ["Sea"] });
    const hidden = await images.upload(owner, file, {
      tags: ["sea"],
      visibility: Visibility.PRIVATE,
    });
    const others = await images.upload(other, file, { tags: ["sea", "sky"] });
    expect(idsOf((await list({ tag: " SEA" })).images)).toEqual(idsOf([others, mine]));
    expect(idsOf((await list({ tag: "sea" }, owner)).images)).toEqual(
      idsOf([others, hidden, mine]),
    );
    const filters = { tag: "sea", ownerId: owner.userId };
    expect(idsOf((await list(filters)).images)).toEqual([mine.id]);
    expect((await list({ tag: "river" })).images).toEqual([]);
    const cafe = await images.upload(owner, file, { tags: ["cafe\u0301"] });
    expect(idsOf((await list({ tag: "CAF\u00C9" })).images)).toEqual([cafe.id]);
  });

  test.each([
    ["all", () => ({})],
    ["of an owner", () => ({ ownerId: owner.userId })],
    ["with a tag", () => ({ tag: "sea" })],
  ])(
    "shows each image once in its pages (%s), whatever is written meanwhile",
    async (_, filters) => {
      const before: Image[] = [];
      for (let count = 0; count < 7; count++) {
        before.push(await images.upload(owner, file, { tags: ["sea"] }));
      }
      const seen: string[] = [];
      let pageToken = "";
      do {
        const page = await list({ ...filters(), pageSize: 3, pageToken });
        seen.push(...idsOf(page.images));
        pageToken = page.nextPageToken;
        await images.upload(owner, file, { tags: ["sea"] });
      } while (pageToken !== "");
      expect(seen).toEqual(idsOf(before.toReversed()));
    },
  );

  test.each([
    ["a token that was made up", { pageToken: "made-up" }, "page_token"],
    ["a negative size", { pageSize: -1 }, "page_size"],
    ["an owner that is no id", { ownerId: "me" }, "owner_id"],
    ["an empty tag", { tag: "  " }, "tag"],
  ])("fails with INVALID_ARGUMENT for %s", async (_, request, field) => {
    await expect(list(request)).rejects.toMatchObject({ violations: [{ field }] });
  });

  test("refuses the page token of another list or of another viewer", async () => {
    await Promise.all(Array.from({ length: 3 }, () => upload(Visibility.PUBLIC)));
    const { nextPageToken: pageToken } = await list({ pageSize: 2 });
    for (const [request, caller] of [
      [{ tag: "sea" }, undefined],
      [{ ownerId: newId() }, undefined],
      [{}, owner],
    ] as const) {
      const refused = list({ ...request, pageToken }, caller);
      await expect(refused).rejects.toMatchObject({ violations: [{ field: "page_token" }] });
    }
  });
});

function idsOf(images: readonly Image[]): string[] {
  return images.map(({ id }) => id);
}
