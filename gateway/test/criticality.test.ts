import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { ADA, IMAGE, imageMessage, userMessage } from "./fake-services.ts";
import { startTestGateway, type TestGateway } from "./test-gateway.ts";

describe("the criticality of a request's calls, over gRPC", () => {
  let gateway: TestGateway;
  const received: (readonly [method: string, criticality: Criticality | undefined])[] = [];

  beforeAll(async () => {
    gateway = await startTestGateway(
      {
        users: {
          batchGetUsers: async ({ ids }, { criticality }) => {
            received.push(["batchGetUsers", criticality]);
            return { users: ids.map((id) => userMessage(id)) };
          },
        },
        images: {
          getImage: async ({ id }, { criticality }) => {
            received.push(["getImage", criticality]);
            return imageMessage(id);
          },
          updateImage: async (_request, { criticality }) => {
            received.push(["updateImage", criticality]);
            return imageMessage();
          },
        },
        comments: {
          batchGetCommentCounts: async (_request, { criticality }) => {
            received.push(["batchGetCommentCounts", criticality]);
            return { counts: [] };
          },
        },
      },
      { overGrpc: true },
    );
  });
  beforeEach(() => received.splice(0));
  afterAll(() => gateway[Symbol.asyncDispose]());

  test("is the route's: services shed no read that a critical write needs", async () => {
    const response = await gateway.fetch(`/v1/images/${IMAGE}`, {
      method: "PATCH",
      headers: {
        ...(await gateway.as(ADA)),
        "content-type": "application/json",
        // With two versions the gateway has to read the current one before it writes.
        "if-match": '"2.aaaaaaaaaaaaaaaa", "3.aaaaaaaaaaaaaaaa"',
      },
      body: JSON.stringify({ title: "New" }),
    });
    expect(response.status).toBe(200);
    // A slow read may be hedged, so that a call may be there twice.
    expect(new Map(received)).toEqual(
      new Map([
        ["getImage", Criticality.CRITICAL],
        ["updateImage", Criticality.CRITICAL],
        ["batchGetUsers", Criticality.SHEDDABLE],
        ["batchGetCommentCounts", Criticality.SHEDDABLE],
      ]),
    );
  });

  test("is DEFAULT for a read that no write needs", async () => {
    expect((await gateway.fetch(`/v1/images/${IMAGE}`)).status).toBe(200);
    expect(received[0]).toEqual(["getImage", Criticality.DEFAULT]);
  });
});
