import sharp from "sharp";
import type { Answer } from "#src/api.ts";
import { newPerson } from "#src/person.ts";
import { drawing, readyImage, telephonePhotograph, upload } from "#src/pictures.ts";
import type { SystemUnderTest } from "./system-under-test.ts";

const MEBIBYTE = 1024 * 1024;

/** Images: uploads, variants, refusals. */
export function images(system: SystemUnderTest): void {
  const isDone = ({ json }: Answer) => json.state !== "processing";

  describe("images", () => {
    test("a telephone's photograph is turned upright, and its variants have no metadata", async () => {
      const { token, handle } = await newPerson(system.api);
      const fields = { title: "Upright", tags: "holiday" };
      const uploaded = await upload(system.api, token, await telephonePhotograph(), fields);
      expect(uploaded).toMatchObject({
        status: 201,
        json: { title: "Upright", tags: ["holiday"], width: 1200, height: 1600 },
      });
      const { json: image } = await system.api.until(isDone, `/v1/images/${uploaded.json.id}`);
      expect(image).toMatchObject({
        state: "ready",
        width: 1200,
        height: 1600,
        owner: { handle },
        commentCount: 0,
        likeCount: 0,
      });
      expect(image).not.toHaveProperty("degraded");
      const names = image.variants.map(({ name }: { name: string }) => name).sort();
      expect(names).toEqual(["large", "medium", "small", "thumb"]);
      for (const variant of image.variants) {
        const content = await system.api.get(variant.url);
        expect(content.status).toBe(200);
        expect(content.headers.get("cache-control")).toContain("immutable");
        const metadata = await sharp(content.bytes).metadata();
        expect(metadata).toMatchObject({ format: "webp", width: variant.width });
        expect(metadata.exif ?? metadata.xmp ?? metadata.iptc ?? metadata.icc).toBeUndefined();
        expect(content.bytes.includes("TriptychPhone")).toBe(false);
      }
    });

    test.each(["png", "webp", "avif", "gif"] as const)("a %s is accepted", async (format) => {
      const { token } = await newPerson(system.api);
      const file = await drawing(300, 200).toFormat(format).toBuffer();
      const uploaded = await upload(system.api, token, file);
      expect(uploaded).toMatchObject({ status: 201, json: { width: 300, height: 200 } });
      const { json } = await system.api.until(isDone, `/v1/images/${uploaded.json.id}`);
      expect(json).toMatchObject({ state: "ready", width: 300, height: 200 });
    });

    test("a file that is not an image is refused, with any name", async () => {
      const { token } = await newPerson(system.api);
      const svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
      for (const file of [Buffer.from("only text"), Buffer.from(svg), Buffer.alloc(0)]) {
        const refused = await upload(system.api, token, file);
        expect(refused).toMatchObject({ status: 415, json: { code: "NOT_AN_IMAGE" } });
      }
    });

    test("a file above 25 MiB is refused", async () => {
      const { token } = await newPerson(system.api);
      const head = await drawing(64, 64).jpeg().toBuffer();
      const file = Buffer.concat([head, Buffer.alloc(26 * MEBIBYTE)]);
      const refused = await upload(system.api, token, file);
      expect(refused).toMatchObject({ status: 413, json: { code: "TOO_LARGE" } });
    });

    test("a small file of a giant picture is refused", async () => {
      const { token } = await newPerson(system.api);
      const file = await drawing(64, 64).png().toBuffer();
      file.writeUInt32BE(60_000, 16);
      file.writeUInt32BE(60_000, 20);
      const refused = await upload(system.api, token, file);
      expect(refused).toMatchObject({ status: 422, json: { code: "TOO_MANY_PIXELS" } });
    });

    test("a truncated photograph fails with a code, and affects no other image", async () => {
      const { token } = await newPerson(system.api);
      const whole = await drawing(800, 600).jpeg().toBuffer();
      const cut = whole.subarray(0, Math.floor(whole.length / 2));
      const uploaded = await upload(system.api, token, cut);
      expect(uploaded.status).toBe(201);
      const path = `/v1/images/${uploaded.json.id}`;
      const { json } = await system.api.until(isDone, path, token);
      expect(json).toMatchObject({ state: "failed", failure: "UNREADABLE", variants: [] });
      expect(json).toMatchObject({ width: null, height: null });
      await readyImage(system.api, token);
    });

    test("a like of one user counts once", async () => {
      const [owner, fan] = await Promise.all([newPerson(system.api), newPerson(system.api)]);
      const { id } = await readyImage(system.api, owner.token);
      const path = `/v1/images/${id}/like`;
      for (const method of ["PUT", "PUT"]) {
        const liked = await system.api.request(method, path, { token: fan.token });
        expect(liked.status).toBe(204);
      }
      const seen = await system.api.get(`/v1/images/${id}`, fan.token);
      expect(seen.json).toMatchObject({ likeCount: 1, viewer: { liked: true } });
      const likes = await system.api.get(`/v1/images/${id}/likes`);
      expect(likes.json.users).toMatchObject([{ handle: fan.handle }]);
      await system.api.request("DELETE", path, { token: fan.token });
      expect((await system.api.get(`/v1/images/${id}`)).json.likeCount).toBe(0);
    });

    test("another user's private image cannot be found", async () => {
      const [owner, other] = await Promise.all([newPerson(system.api), newPerson(system.api)]);
      const image = await readyImage(system.api, owner.token, { visibility: "private" });
      const { id } = image;
      const paths = [
        `/v1/images/${id}`,
        `/v1/images/${id}/content`,
        image.variants[0].url,
        `/v1/images/${id}/comments`,
        `/v1/images/${id}/likes`,
      ];
      for (const path of paths) {
        expect((await system.api.get(path, owner.token)).status).toBe(200);
        for (const token of [other.token, undefined]) {
          expect([path, (await system.api.get(path, token)).status]).toEqual([path, 404]);
        }
      }
      const writes: [string, string, unknown?][] = [
        ["PUT", `/v1/images/${id}/like`],
        ["DELETE", `/v1/images/${id}/like`],
        ["PATCH", `/v1/images/${id}`, { title: "mine" }],
        ["DELETE", `/v1/images/${id}`],
        ["POST", `/v1/images/${id}/comments`, { body: "hello" }],
      ];
      for (const [method, path, body] of writes) {
        const { status } = await system.api.request(method, path, { token: other.token, body });
        expect([method, path, status]).toEqual([method, path, 404]);
      }
      const list = await system.api.get(`/v1/images?owner=${owner.id}`, other.token);
      expect(list.json.images).toEqual([]);
    });
  });
}
