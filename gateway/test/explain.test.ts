import { eventually } from "@triptych/chassis/testing/eventually";
import {
  ADA,
  BOB,
  COMMENT,
  IMAGE,
  imageMessage,
  refusal,
  SESSION,
  userMessage,
} from "./fake-services.ts";
import { startTestGateway, type TestGateway } from "./test-gateway.ts";

const IMAGES = "images.v1.ImageService";
/** An image of another owner. */
const WARM_UP = SESSION;

/** Returns the calls in the trace of an answer; undefined if it has none. */
function callsOf({ headers }: Response): readonly Record<string, unknown>[] | undefined {
  const text = headers.get("x-explain");
  return text === null ? undefined : JSON.parse(text);
}

describe.each([
  ["in process", false],
  ["over gRPC", true],
])("X-Explain %s", (_, overGrpc) => {
  let gateway: TestGateway;
  let operator: Record<string, string>;

  beforeEach(async () => {
    gateway = await startTestGateway(
      {
        users: { batchGetUsers: async ({ ids }) => ({ users: ids.map((id) => userMessage(id)) }) },
        images: {
          getImage: async ({ id }) => {
            if (id === COMMENT) throw refusal("IMAGE_NOT_FOUND", 5);
            return { ...imageMessage(id), ownerId: id === WARM_UP ? BOB : ADA };
          },
        },
        comments: {
          batchGetCommentCounts: async () => {
            throw refusal("DATABASE_UNAVAILABLE", 14, { retryAfterMs: 1_000 });
          },
        },
      },
      { overGrpc, notServing: "comments" },
    );
    // The connections are made before, so that their time is in no trace.
    await gateway.fetch(`/v1/images/${WARM_UP}`);
    operator = { ...(await gateway.as(ADA, { operator: true })), "x-explain": "1" };
  });
  afterEach(() => gateway[Symbol.asyncDispose]());

  test("shows an operator each call of a complete and of a degraded answer, cached ones too", async () => {
    const first = await gateway.fetch(`/v1/images/${IMAGE}`, { headers: operator });
    expect(first.status).toBe(200);
    const sent = { ms: expect.any(Number), tries: 1, breaker: "closed", calls: [] };
    const image = {
      ...sent,
      callee: "images",
      method: `${IMAGES}/GetImage`,
      code: "OK",
      tries: expect.any(Number), // it is hedged, and the machine may be slow
    };
    const users = { callee: "users", method: "users.v1.UserService/BatchGetUsers", code: "OK" };
    const counts = {
      callee: "comments",
      method: "comments.v1.CommentService/BatchGetCommentCounts",
      code: "UNAVAILABLE",
      reason: "DATABASE_UNAVAILABLE",
    };
    expect(callsOf(first)?.[0]).toEqual(image);
    expect(callsOf(first)?.slice(1).sort(byCallee)).toEqual([
      { ...sent, ...counts, batch: { keys: 1, kept: 0 } },
      { ...sent, ...users, batch: { keys: 1, kept: 0 } },
    ]);

    const second = await gateway.fetch(`/v1/images/${IMAGE}`, { headers: operator });
    const batch = { keys: 1, kept: 1, oldestMs: expect.any(Number) };
    expect(callsOf(second)).toContainEqual({ ...sent, ...users, tries: 0, batch });

    const refusedCall = await eventually(async () => {
      const response = await gateway.fetch(`/v1/images/${IMAGE}`, { headers: operator });
      return callsOf(response)?.find(({ reason }) => reason === "BREAKER_OPEN");
    });
    const refused = { ...counts, reason: "BREAKER_OPEN", tries: 0, breaker: "open" };
    expect(refusedCall).toEqual({ ...sent, ...refused, batch: { keys: 1, kept: 0 } });
  });

  test("shows the calls of an error, or that there were none", async () => {
    const missing = await gateway.fetch(`/v1/images/${COMMENT}`, { headers: operator });
    expect(missing.status).toBe(404);
    expect(callsOf(missing)).toMatchObject([
      { callee: "images", code: "NOT_FOUND", reason: "IMAGE_NOT_FOUND" },
    ]);
    const malformed = await gateway.fetch("/v1/images/none", { headers: operator });
    expect(malformed.status).toBeGreaterThanOrEqual(400);
    expect(callsOf(malformed)).toEqual([]);
  });

  test("keeps an answer with a trace out of every cache", async () => {
    const { headers } = await gateway.fetch(`/v1/images/${IMAGE}`, { headers: operator });
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("is ignored from anybody but an operator, and with any other value", async () => {
    const others = [
      { "x-explain": "1" },
      { ...(await gateway.as(BOB)), "x-explain": "1" },
      { ...operator, "x-explain": "0" },
      { ...operator, "x-explain": "true" },
      { ...(await gateway.as(ADA, { operator: true })) },
    ];
    for (const headers of others) {
      for (const id of [IMAGE, COMMENT]) {
        const response = await gateway.fetch(`/v1/images/${id}`, { headers });
        expect(response.status).toBe(id === IMAGE ? 200 : 404);
        expect(response.headers.has("x-explain")).toBe(false);
      }
    }
  });
});

function byCallee(a: Record<string, unknown>, b: Record<string, unknown>): number {
  return String(a.callee).localeCompare(String(b.callee));
}
