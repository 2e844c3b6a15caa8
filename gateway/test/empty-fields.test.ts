import type { ImageHeader, UploadEnd } from "@triptych/protos/images/v1/image_service_pb";
import { ADA, imageMessage } from "./fake-services.ts";
import { bodyOf, startTestGateway, type TestGateway } from "./test-gateway.ts";

type Entry = readonly [name: string, value: string | File];

const PHOTO: Entry = ["file", new File(["bytes"], "photo.jpg")];
/** What a browser sends for a file that was not chosen. */
const NO_FILE: Entry = ["file", new File([], "")];

describe("a form whose fields are empty", () => {
  let gateway: TestGateway;
  let header: ImageHeader | undefined;
  let end: UploadEnd | undefined;

  beforeAll(async () => {
    gateway = await startTestGateway({
      users: { batchGetUsers: async () => ({ users: [] }) },
      comments: { batchGetCommentCounts: async () => ({ counts: [] }) },
      images: {
        async createImage(messages) {
          for await (const { part } of messages) {
            if (part.case === "header") header = part.value;
            if (part.case === "end") end = part.value;
          }
          return imageMessage();
        },
      },
    });
  });
  beforeEach(() => {
    header = undefined;
    end = undefined;
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  async function send(entries: readonly Entry[]): Promise<Response> {
    const body = new FormData();
    for (const [name, value] of entries) body.append(name, value);
    const headers = await gateway.as(ADA);
    return gateway.fetch("/v1/images", { method: "POST", headers, body });
  }

  test.each<[string, readonly Entry[]]>([
    ["tags", [["tags", ""], PHOTO]],
    ["tags behind the file", [PHOTO, ["tags", ""]]],
    [
      "all fields",
      [["title", ""], ["description", ""], ["tags", ""], ["tags", ""], ["visibility", ""], PHOTO],
    ],
    ["all fields behind the file", [PHOTO, ["title", ""], ["visibility", ""], ["tags", ""]]],
    ["a button that the API does not know", [["send", ""], PHOTO]],
    ["another file", [NO_FILE, PHOTO]],
    ["another file behind it", [PHOTO, NO_FILE]],
  ])("is taken as one without them: %s", async (_, entries) => {
    expect((await send(entries)).status).toBe(201);
    expect(header).toMatchObject({ title: "", description: "", tags: [], visibility: 0 });
    expect(end).toMatchObject({ sizeBytes: 5, tags: [] });
    expect([end?.title, end?.description, end?.visibility ?? 0]).toEqual([undefined, undefined, 0]);
  });

  test("keeps the fields that are filled beside empty ones of the same name", async () => {
    const tags: readonly Entry[] = ["", "sea", "", "sun"].map((tag) => ["tags", tag]);
    const response = await send([["title", ""], ["title", "Harbour"], ...tags, PHOTO]);
    expect(response.status).toBe(201);
    expect(header).toMatchObject({ title: "Harbour", tags: ["sea", "sun"] });
  });

  test("needs a file still, and no blank tag", async () => {
    const response = await send([["title", ""], ["tags", " "], NO_FILE]);
    const { errors } = await bodyOf(response);
    expect(response.status).toBe(400);
    const fields = (errors as { field: string }[]).map(({ field }) => field);
    expect(fields.sort()).toEqual(["file", "tags[0]"]);
  });
});
