import { status } from "@grpc/grpc-js";
import { newId } from "@triptych/chassis/ids/new-id";
import { type CommentsUnderTest, startComments, type TestUser } from "./start-comments.ts";

describe("comments, switched to read-only by an operator", () => {
  let service: CommentsUnderTest;
  let author: TestUser;
  let imageId: string;

  beforeAll(async () => {
    service = await startComments();
    author = await service.signIn();
    imageId = service.images.put({ ownerId: newId() });
  });
  afterAll(() => service[Symbol.asyncDispose]());

  test("answer reads, refuse writes with READ_ONLY, and accept them after the switch back", async () => {
    const { id } = await service.write(author, imageId);
    service.readOnly.set(true);
    await expect(service.write(author, imageId)).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      reason: "READ_ONLY",
      retryAfterMs: expect.any(Number),
    });
    const read = await service.client.getComment({ id }, author.context());
    expect(read.id).toBe(id);
    service.readOnly.set(false);
    await service.write(author, imageId);
  });
});
