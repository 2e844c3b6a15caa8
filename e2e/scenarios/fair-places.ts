import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import sharp from "sharp";
import { eventually } from "#src/eventually.ts";
import { type HeldRequest, holdRequest } from "#src/held-request.ts";
import { newPerson, type Person } from "#src/person.ts";
import { drawing, readyImage, upload } from "#src/pictures.ts";
import type { OwnSystem } from "./system-under-test.ts";

/** More than the places of all accounts together, 256. */
const UPLOADS = 260;
/** The share of one account in them. */
const UPLOADS_OF_ACCOUNT = 64;
/** More than the downloads that run and wait for one client: 8 and 512. */
const DOWNLOADS = 600;
const DOWNLOADS_OF_CLIENT = 8;
const DOWNLOADS_QUEUED = 512;
/** A noise of so many pixels a side is a PNG of 12 MB: no buffer on the way takes it whole. */
const UNREAD_PIXELS = 2_000;
/** One of 2 MB: a busy machine, too, moves them all before the last has waited too long. */
const READ_PIXELS = 800;
/** More than one client's that move at once. */
const DOWNLOADS_READ = 40;
const BYSTANDER_READS = 20;

/** The parts of an image that a bystander reads. */
interface SeenImage {
  readonly id: string;
  readonly variants: readonly { readonly name: string; readonly url: string }[];
}

/** Fair shares: what one account or address takes leaves enough for all others. */
export function fairPlaces(system: OwnSystem): void {
  describe("places that clients share", () => {
    let held: HeldRequest[] = [];
    afterEach(() => {
      for (const { request } of held) request.destroy();
      held = [];
    });

    /** Counts the answers of held requests so far, until there are as many as that. */
    async function answersOf(count: number): Promise<readonly IncomingMessage[]> {
      const answers: IncomingMessage[] = [];
      for (const { response } of held) {
        response.then((answer) => answer && answers.push(answer));
      }
      return await eventually(
        async () => answers,
        ({ length }) => length >= count,
      );
    }
    const statusesOf = (answers: readonly IncomingMessage[]) =>
      Object.fromEntries(
        [...Map.groupBy(answers, ({ statusCode }) => statusCode)].map(([status, { length }]) => [
          status,
          length,
        ]),
      );

    /** A square picture that no format makes smaller. */
    async function noise(side: number): Promise<Buffer> {
      const size = { width: side, height: side, channels: 3 as const };
      const pixels = randomBytes(side * side * size.channels);
      return await sharp(pixels, { raw: size }).png({ compressionLevel: 0 }).toBuffer();
    }

    /** Reads a list, an image and a thumb again and again, signed in and not. */
    async function expectUndisturbed(seen: SeenImage, { token }: Person): Promise<void> {
      const thumb = seen.variants.find(({ name }) => name === "thumb")?.url ?? "";
      const statuses = [];
      for (let n = 0; n < BYSTANDER_READS; n++) {
        for (const path of ["/v1/images", `/v1/images/${seen.id}`, thumb]) {
          statuses.push((await system.api.get(path, token)).status);
          statuses.push((await system.api.get(path)).status);
        }
      }
      expect(new Set(statuses)).toEqual(new Set([200]));
    }

    test("leave an account's upload its way beside 260 slow ones of another", async () => {
      const [greedy, other] = await Promise.all([newPerson(system.api), newPerson(system.api)]);
      const options = {
        token: greedy.token,
        headers: { "content-type": "multipart/form-data; boundary=x" },
      };
      for (let n = 0; n < UPLOADS; n++) {
        const slow = holdRequest(system.api, ["POST", "/v1/images"], options);
        slow.request.write(
          '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n',
        );
        slow.request.write("some bytes"); // too few to show that they are no image
        held.push(slow);
      }
      const refused = await answersOf(UPLOADS - UPLOADS_OF_ACCOUNT);
      expect(statusesOf(refused)).toEqual({ 429: UPLOADS - UPLOADS_OF_ACCOUNT });
      for (const { headers } of refused) expect(Number(headers["retry-after"])).toBeGreaterThan(0);

      await readyImage(system.api, other.token);
      const file = await drawing(64, 48).png().toBuffer();
      expect(await upload(system.api, greedy.token, file)).toMatchObject({
        status: 429,
        json: { code: "TOO_MANY_UPLOADS" },
      });
      for (const { request } of held) request.destroy();
      const again = await eventually(
        () => upload(system.api, greedy.token, file),
        ({ status }) => status === 201,
      );
      expect(again.status).toBe(201);
    }, 60_000);

    test("leave pages and bytes to others beside 600 downloads that nobody reads", async () => {
      const [greedy, other] = await Promise.all([newPerson(system.api), newPerson(system.api)]);
      const { json: image } = await upload(system.api, greedy.token, await noise(UNREAD_PIXELS));
      const seen = await readyImage(system.api, other.token);
      const path = `/v1/images/${image.id}/content?variant=original`;
      for (let n = 0; n < DOWNLOADS; n++) {
        held.push(holdRequest(system.api, ["GET", path], { token: greedy.token }));
      }
      const refused = DOWNLOADS - DOWNLOADS_OF_CLIENT - DOWNLOADS_QUEUED;
      expect(statusesOf(await answersOf(DOWNLOADS_OF_CLIENT + refused))).toEqual({
        200: DOWNLOADS_OF_CLIENT,
        429: refused,
      });

      await expectUndisturbed(seen, other);
    }, 60_000);

    test("leave pages and bytes to others beside 40 downloads that are read as fast as they come", async () => {
      const [greedy, other] = await Promise.all([newPerson(system.api), newPerson(system.api)]);
      const { json: image } = await upload(system.api, greedy.token, await noise(READ_PIXELS));
      const seen = await readyImage(system.api, other.token);
      const path = `/v1/images/${image.id}/content?variant=original`;
      const downloads = Array.from({ length: DOWNLOADS_READ }, () =>
        system.api.get(path, greedy.token),
      );
      await expectUndisturbed(seen, other);
      for (const { status, bytes } of await Promise.all(downloads)) {
        expect([status, bytes.length]).toEqual([200, image.sizeBytes]);
      }
    }, 60_000);
  });
}
