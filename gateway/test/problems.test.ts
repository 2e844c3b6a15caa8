import { status } from "@grpc/grpc-js";
import { eventually } from "@triptych/chassis/testing/eventually";
import { ErrorReason as CommentsReason } from "@triptych/protos/comments/v1/comment_pb";
import { ErrorReason as ImagesReason } from "@triptych/protos/images/v1/image_pb";
import { ErrorReason as UsersReason } from "@triptych/protos/users/v1/user_pb";
import { PROBLEM_KINDS, type ProblemCode } from "#problems/codes.ts";
import { REASON_CODES } from "#problems/reasons.ts";
import { ADA, IMAGE, refusal } from "./fake-services.ts";
import { bodyOf, startTestGateway, type TestGateway } from "./test-gateway.ts";

/** The status of every reason, as the public API promises it. */
const STATUSES: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  BAD_CREDENTIALS: 401,
  SESSION_REVOKED: 401,
  COMMENTS_CLOSED: 403,
  EDIT_WINDOW_OVER: 403,
  NOT_COMMENT_AUTHOR: 403,
  NOT_IMAGE_OWNER: 403,
  ORIGINAL_FORBIDDEN: 403,
  BYTES_MISSING: 404,
  COMMENT_NOT_FOUND: 404,
  IMAGE_NOT_FOUND: 404,
  PARENT_NOT_FOUND: 404,
  SESSION_NOT_FOUND: 404,
  USER_NOT_FOUND: 404,
  VARIANT_NOT_FOUND: 404,
  EMAIL_TAKEN: 409,
  HANDLE_TAKEN: 409,
  ETAG_MISMATCH: 412,
  TOO_LARGE: 413,
  NOT_AN_IMAGE: 415,
  RANGE_NOT_SATISFIABLE: 416,
  AVATAR_NOT_USABLE: 422,
  TOO_DEEP: 422,
  TOO_MANY_PIXELS: 422,
  INTERNAL: 500,
  HASHING_OVERLOADED: 503,
  UPLOADS_OVERLOADED: 503,
  TOO_MANY_UPLOADS: 429,
  STORAGE_FULL: 507,
  BLOBS_UNAVAILABLE: 503,
  DEPENDENCY_UNAVAILABLE: 503,
  BREAKER_OPEN: 503,
  BULKHEAD_FULL: 503,
  DEADLINE_TOO_SHORT: 503,
  OVERLOADED: 503,
  CANCELLED: 503,
  DATABASE_UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 503,
  READ_ONLY: 503,
};

const IN_THE_CONTRACT = [UsersReason, ImagesReason, CommentsReason]
  .flatMap((reasons) => Object.keys(reasons))
  .filter((reason) => reason !== "UNSPECIFIED");

describe("the problem of a reason", () => {
  let gateway: TestGateway;
  let thrown: unknown;

  beforeAll(async () => {
    gateway = await startTestGateway({
      users: {
        getUser: async () => {
          throw thrown;
        },
      },
    });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test("is in the table for every reason of the contract", () => {
    expect(Object.keys(REASON_CODES)).toEqual(expect.arrayContaining(IN_THE_CONTRACT));
    expect(Object.keys(STATUSES).sort()).toEqual(Object.keys(REASON_CODES).sort());
  });

  test.each(Object.entries(STATUSES))("%s has status %d", async (reason, expected) => {
    thrown = refusal(reason, status.FAILED_PRECONDITION);
    const response = await gateway.fetch(`/v1/users/${ADA}`);
    const body = await bodyOf(response);
    const code = REASON_CODES[reason as keyof typeof REASON_CODES];
    expect(response.status).toBe(expected);
    expect(body).toMatchObject({ status: expected, code, title: PROBLEM_KINDS[code].title });
    // A domain's message is for the client; the chassis' is not.
    const detail: string = code === reason ? `Because of ${reason}.` : PROBLEM_KINDS[code].detail;
    if (reason !== "INTERNAL") expect(body.detail).toBe(detail);
    expect(response.headers.has("retry-after")).toBe([429, 503, 507].includes(expected));
    expect(response.headers.has("www-authenticate")).toBe(expected === 401);
  });

  test("is INTERNAL for an unknown reason or a defect, logged once with its cause", async () => {
    thrown = new Error("select secret from table");
    const response = await gateway.fetch(`/v1/users/${ADA}`, {
      headers: { "x-request-id": "defect" },
    });
    expect(response.status).toBe(500);
    expect(JSON.stringify(await bodyOf(response))).not.toContain("secret");
    const lines = gateway.lines.filter(
      ({ level, requestId }) => level === "error" && requestId === "defect",
    );
    expect(lines).toHaveLength(1);
  });

  test("names fields as the client spells them", async () => {
    thrown = refusal("INVALID_ARGUMENT", status.INVALID_ARGUMENT, {
      violations: [
        { field: "page_token", message: "is of another list" },
        { field: "user.display_name", message: "is too long" },
        { field: "image.tags[2]", message: "is empty" },
      ],
    });
    const { errors } = await bodyOf(await gateway.fetch(`/v1/users/${ADA}`));
    expect(errors).toEqual([
      { field: "pageToken", message: "is of another list" },
      { field: "displayName", message: "is too long" },
      { field: "tags[2]", message: "is empty" },
    ]);
  });

  test("has a Retry-After of whole seconds, at least one", async () => {
    const seconds = [];
    for (const retryAfterMs of [1, 1_000, 1_001, 5_500]) {
      thrown = refusal("HASHING_OVERLOADED", status.RESOURCE_EXHAUSTED, { retryAfterMs });
      seconds.push((await gateway.fetch(`/v1/users/${ADA}`)).headers.get("retry-after"));
    }
    expect(seconds).toEqual(["1", "1", "2", "6"]);
  });
});

describe("a call to a service", () => {
  test("is cancelled when the client leaves", async () => {
    const started = Promise.withResolvers<void>();
    const cancelled = Promise.withResolvers<string>();
    await using gateway = await startTestGateway(
      {
        images: {
          getImage: async (_request, { signal }) => {
            started.resolve();
            await new Promise((resolve) => signal.addEventListener("abort", resolve));
            cancelled.resolve(String(signal.reason.reason));
            throw signal.reason;
          },
        },
      },
      { overGrpc: true },
    );
    const client = new AbortController();
    const asked = gateway.fetch(`/v1/images/${IMAGE}`, { signal: client.signal });
    await started.promise;
    client.abort();
    await expect(asked).rejects.toThrow();
    expect(await cancelled.promise).toBe("CANCELLED");
    await eventually(() => gateway.lines.some(({ status }) => status === 499));
  });

  test("carries the request id, and becomes 503 when its deadline passes", async () => {
    const requestIds: string[] = [];
    await using gateway = await startTestGateway({
      images: {
        getImage: async (_request, { requestId }) => {
          requestIds.push(requestId);
          return await new Promise(() => {});
        },
      },
    });
    const headers = { "x-request-id": "slow-one" };
    const response = await gateway.fetch(`/v1/images/${IMAGE}`, { headers });
    expect(response.status).toBe(503);
    expect((await bodyOf(response)).code).toBe("SERVICE_UNAVAILABLE" satisfies ProblemCode);
    // Two calls: the slow one was hedged.
    expect(new Set(requestIds)).toEqual(new Set(["slow-one"]));
  });
});
