import { createLogger } from "@triptych/chassis/telemetry/logger";
import { createTestTokens } from "@triptych/chassis/testing/test-tokens";
import { createApp } from "./app.ts";

describe("the app", () => {
  test("is not prepared if the folder of blobs cannot be written", async () => {
    const configuration = {
      databaseUrl: "postgres://nobody@127.0.0.1:1/none",
      databasePoolMax: 1,
      accessTokenPublicKeys: createTestTokens().jwks,
      // There can be no folder below a file, for no user.
      blobs: { store: "file", directory: `${import.meta.filename}/blobs` },
      uploadsMax: 1,
      failurePolicy: "on",
    } as const;
    const app = createApp(configuration, {
      logger: createLogger({ service: "images", level: "silent" }),
    });
    await expect(app.prepare(AbortSignal.timeout(10_000))).rejects.toMatchObject({
      name: "BlobStoreRefused",
      cause: { code: "ENOTDIR" },
    });
    await app.close();
  });
});
