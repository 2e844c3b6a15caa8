import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "@triptych/chassis/testing/eventually";
import { ADA, COMMENT, commentMessage, IMAGE, userMessage } from "./fake-services.ts";
import { bodyOf, startTestGateway, type TestGateway } from "./test-gateway.ts";

/**
 * More requests than a new gateway admits of those it sheds first, and less than it admits in all.
 */
const CROWD = 320;

describe("an overloaded gateway", () => {
  let gateway: TestGateway;
  let listing = 0;
  let finish: PromiseWithResolvers<void>;

  beforeEach(async () => {
    listing = 0;
    finish = Promise.withResolvers();
    gateway = await startTestGateway(
      {
        users: {
          batchGetUsers: async ({ ids }) => ({ users: ids.map((id) => userMessage(id)) }),
          listUsers: async () => {
            listing += 1;
            await finish.promise;
            return { users: [] };
          },
        },
        images: {
          listLikes: async () => {
            listing += 1;
            await finish.promise;
            return { likes: [] };
          },
          listImages: async () => ({ images: [] }),
        },
        comments: { createComment: async () => commentMessage() },
      },
      { configuration: { rateLimitAddressPerMinute: 100_000 } },
    );
  });
  afterEach(async () => {
    finish.resolve();
    await gateway[Symbol.asyncDispose]();
  });

  test("sheds anonymous lists before signed-in writes, with Retry-After, and then admits all again", async () => {
    // Connections are opened before: the first calls must not time out until the last have come.
    const opened = Array.from({ length: CROWD }, () => gateway.fetch("/healthz"));
    await Promise.all(opened.map(async (response) => (await response).text()));
    const crowd = Array.from({ length: CROWD }, (_, n) =>
      gateway.fetch(n % 2 === 0 ? `/v1/images/${IMAGE}/likes` : "/v1/users?query=a"),
    );
    await eventually(async () => listing > 300);
    const list = await gateway.fetch("/v1/images");
    expect([list.status, list.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await bodyOf(list)).toMatchObject({ code: "OVERLOADED" });
    const write = await gateway.fetch(`/v1/images/${IMAGE}/comments`, {
      method: "POST",
      headers: { ...(await gateway.as(ADA)), "content-type": "application/json" },
      body: JSON.stringify({ body: "Still here." }),
    });
    expect([write.status, (await bodyOf(write)).id]).toEqual([201, COMMENT]);

    finish.resolve();
    const statuses = (await Promise.all(crowd)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    // Permits are returned a moment after the answers, when the connections close.
    await eventually(async () => (await gateway.fetch("/v1/images")).status === 200);
    const metrics = await gateway.metrics();
    expect(metrics).toMatch(/shed_total\{.*rank="sheddable-anonymous".*\} [1-9]/);
  });

  test("returns the permits of clients that leave while their tokens are verified", async () => {
    for (let times = 0; times < 50; times++) {
      // A new user for each: a token that was verified before comes from the cache at once.
      const token = await gateway.tokenFor(randomUUID());
      const socket = connect(gateway.port, "127.0.0.1");
      await once(socket, "connect");
      socket.write(
        `GET /v1/users/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      );
      socket.resetAndDestroy();
    }
    await eventually(async () => {
      const metrics = await gateway.metrics();
      return /^admission_in_flight\{.*\} 0$/m.test(metrics);
    });
  });

  test("sheds nothing where the failure policy is off", async () => {
    await gateway[Symbol.asyncDispose]();
    gateway = await startTestGateway(
      {
        images: {
          listImages: async () => {
            listing += 1;
            await finish.promise;
            return { images: [] };
          },
        },
      },
      { configuration: { rateLimitAddressPerMinute: 100_000, failurePolicy: "off" } },
    );
    const crowd = Array.from({ length: 600 }, () => gateway.fetch("/v1/images"));
    await delay(0);
    finish.resolve();
    const statuses = (await Promise.all(crowd)).map(({ status }) => status);
    expect(new Set(statuses).has(503)).toBe(false);
  });
});
