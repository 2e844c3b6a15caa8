import { eventually } from "@triptych/chassis/testing/eventually";
import { Visibility } from "@triptych/protos/images/v1/image_pb";
import { ADA, BOB, IMAGE, imageMessage, userMessage } from "./fake-services.ts";
import { openSlowRequest, type SlowRequest, send, type WholeAnswer } from "./slow-clients.ts";
import { startTestGateway, type TestGateway } from "./test-gateway.ts";

const CARL = "019aaf3e-6c2b-7cc0-8a44-000000000003";
const [HOME, OFFICE] = ["203.0.113.1", "203.0.113.2"];
const BOUNDARY = "x";
const FILE_HEAD = [
  `--${BOUNDARY}`,
  'Content-Disposition: form-data; name="file"; filename="a.png"',
  "",
  "bytes",
].join("\r\n");
const FORM_END = `\r\n--${BOUNDARY}--\r\n`;
const REFUSED = { "retry-after": expect.stringMatching(/^[1-9]/) };
/** The places of all uploads. An account has 2 of them, and an address 4. */
const UPLOADS_MAX = 8;
/** The places of all downloads. A client has 2 for previews, and 2 for pictures. */
const DOWNLOADS_MAX = 16;
/** The share of an address in the places for hashing, as fair-places.ts says. */
const HASHING_OF_ADDRESS = 8;

describe("places that clients share", () => {
  let gateway: TestGateway;
  let finish: PromiseWithResolvers<void>;
  /** The logins whose passwords are or were hashed. */
  let hashed: string[];

  beforeEach(async () => {
    finish = Promise.withResolvers();
    hashed = [];
    const counted = { type: "image/webp", first: 0, length: 2, version: "v" };
    gateway = await startTestGateway(
      {
        users: {
          batchGetUsers: async () => ({ users: [userMessage()] }),
          async createSession({ login }) {
            hashed.push(login);
            if (login.startsWith("slow")) await finish.promise;
            return { tokens: {}, user: userMessage() };
          },
        },
        images: {
          async createImage(messages) {
            for await (const _ of messages);
            return imageMessage();
          },
          async *downloadImage({ id }) {
            const value = { ...counted, sizeBytes: 2, visibility: Visibility.PUBLIC };
            yield { part: { case: "header", value: { ...value, contentType: counted.type } } };
            yield { part: { case: "chunk", value: new Uint8Array(1) } };
            if (id === IMAGE) await finish.promise;
            yield { part: { case: "chunk", value: new Uint8Array(1) } };
          },
        },
        comments: { batchGetCommentCounts: async () => ({ counts: [] }) },
      },
      {
        // Behind a trusted proxy each client of a test has an address of its own.
        configuration: {
          trustProxy: true,
          uploadsMax: UPLOADS_MAX,
          downloadsMax: DOWNLOADS_MAX,
          rateLimitSignInPerMinute: 100,
        },
      },
    );
  });
  afterEach(async () => {
    finish.resolve();
    await gateway[Symbol.asyncDispose]();
  });

  const waiting = (kind: string) => placesOf("places_queued", kind);
  const inUse = (kind: string) => placesOf("places_in_use", kind);
  async function placesOf(name: string, kind: string): Promise<number> {
    const metrics = await gateway.metrics();
    return Number(new RegExp(`^${name}\\{kind="${kind}",.*\\} (\\d+)$`, "m").exec(metrics)?.[1]);
  }

  describe("for uploads", () => {
    async function open(userId: string, address: string): Promise<SlowRequest> {
      const upload = openSlowRequest({
        port: gateway.port,
        path: "/v1/images",
        method: "POST",
        headers: {
          ...(await gateway.as(userId)),
          "x-forwarded-for": address,
          "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
        },
      });
      upload.request.write(FILE_HEAD);
      return upload;
    }
    async function whole(userId: string, address: string): Promise<WholeAnswer> {
      const { request, answer } = await open(userId, address);
      request.end(FORM_END);
      return await answer;
    }

    test("are refused to an account that has its share, and to no other at its address", async () => {
      const dripping = [await open(ADA, HOME), await open(ADA, HOME)];
      await eventually(async () => (await inUse("uploads")) === 2);
      expect(await whole(ADA, OFFICE)).toMatchObject({
        status: 429,
        code: "TOO_MANY_UPLOADS",
        headers: REFUSED,
      });
      expect(await whole(BOB, HOME)).toMatchObject({ status: 201 });
      for (const { request } of dripping) request.end(FORM_END);
      for (const { answer } of dripping) expect(await answer).toMatchObject({ status: 201 });
      expect(await whole(ADA, HOME)).toMatchObject({ status: 201 });
    });

    test("are never all taken by the accounts of one address", async () => {
      const accounts = [ADA, ADA, BOB, BOB];
      const dripping = await Promise.all(accounts.map((userId) => open(userId, HOME)));
      await eventually(async () => (await inUse("uploads-by-address")) === 4);
      expect(await whole(CARL, HOME)).toMatchObject({ status: 429, code: "TOO_MANY_UPLOADS" });
      expect(await whole(CARL, OFFICE)).toMatchObject({ status: 201 });
      for (const { request, answer } of dripping) {
        request.end(FORM_END);
        await answer;
      }
    });

    test("are free again when a client leaves in the middle", async () => {
      const dripping = [await open(ADA, HOME), await open(ADA, HOME)];
      await eventually(async () => (await inUse("uploads")) === 2);
      for (const { request, answer } of dripping) {
        request.destroy();
        await expect(answer).rejects.toThrow();
      }
      await eventually(async () => (await inUse("uploads")) === 0);
      expect(await inUse("uploads-by-address")).toBe(0);
      expect(await whole(ADA, HOME)).toMatchObject({ status: 201 });
    });
  });

  describe("for downloads", () => {
    const OTHER = IMAGE.replace(/.$/, "2");
    const download = (id: string, headers: Record<string, string>, variant = "large") =>
      send({ port: gateway.port, path: `/v1/images/${id}/content?variant=${variant}`, headers });
    const at = (address: string) => ({ "x-forwarded-for": address });

    test("are held by a client of many no longer than its share, and others find one at once", async () => {
      const held = [1, 2].map(() => download(IMAGE, at(HOME)));
      await eventually(async () => (await inUse("downloads")) === 2);
      const own = download(OTHER, at(HOME)); // the control arm: one key for both
      await eventually(async () => (await waiting("downloads")) === 1);
      const ada = { ...(await gateway.as(ADA)), ...at(HOME) };
      for (const other of [at(OFFICE), ada]) {
        expect(await download(OTHER, other)).toMatchObject({ status: 200 });
      }
      expect(await waiting("downloads")).toBe(1);
      finish.resolve();
      for (const one of [...held, own]) expect(await one).toMatchObject({ status: 200 });
    });

    test("are apart for the previews of a client and for its pictures", async () => {
      const held = [1, 2].map(() => download(IMAGE, at(HOME), "original"));
      await eventually(async () => (await inUse("downloads")) === 2);
      for (const variant of ["thumb", "small"]) {
        expect(await download(OTHER, at(HOME), variant)).toMatchObject({ status: 200 });
      }
      finish.resolve();
      await Promise.all(held);
    });

    test("are waited for in a queue with an end, and refused beyond it", async () => {
      const crowd = Array.from({ length: 515 }, () => download(IMAGE, at(HOME)));
      const refused = await Promise.race(crowd);
      expect(refused).toMatchObject({ status: 429, code: "TOO_MANY_DOWNLOADS", headers: REFUSED });
      expect(await download(OTHER, at(OFFICE))).toMatchObject({ status: 200 });
      finish.resolve();
      const statuses = (await Promise.all(crowd)).map(({ status }) => status);
      expect(statuses.filter((status) => status !== 200)).toEqual([429]);
      await eventually(async () => (await inUse("downloads")) === 0);
    });
  });

  describe("for hashing passwords", () => {
    const signIn = (login: string, address: string) => {
      const { request, answer } = openSlowRequest({
        port: gateway.port,
        path: "/v1/sessions",
        method: "POST",
        headers: { "x-forwarded-for": address, "content-type": "application/json" },
      });
      request.end(JSON.stringify({ login, password: "p" }));
      return answer;
    };

    test("are held by an address no longer than its share, and others find one at once", async () => {
      const crowd = Array.from({ length: 40 }, (_, n) => signIn(`slow ${n}`, HOME));
      await eventually(async () => (await waiting("hashing")) === 40 - HASHING_OF_ADDRESS);
      const own = signIn("same address", HOME); // the control arm: one key for both
      await eventually(async () => (await waiting("hashing")) === 41 - HASHING_OF_ADDRESS);
      expect(await signIn("bystander", OFFICE)).toMatchObject({ status: 201 });
      expect(hashed).toHaveLength(HASHING_OF_ADDRESS + 1);
      expect(hashed).toContain("bystander");
      expect(hashed).not.toContain("same address");
      finish.resolve();
      for (const one of [...crowd, own]) expect(await one).toMatchObject({ status: 201 });
    });

    test("are one for all addresses of a /64 of IPv6", async () => {
      const crowd = Array.from({ length: 9 }, (_, n) => signIn(`slow ${n}`, `2001:db8::${n}`));
      await eventually(async () => (await waiting("hashing")) === 1);
      expect(await signIn("bystander", "2001:db8:0:1::1")).toMatchObject({ status: 201 });
      finish.resolve();
      await Promise.all(crowd);
    });
  });
});
