import { ConfigurationError } from "@triptych/chassis/configuration/configuration-error";
import { compareSettings } from "@triptych/chassis/testing/compare-settings";
import { createTestTokens } from "@triptych/chassis/testing/test-tokens";
import {
  CONFIGURATION_FIELDS,
  readConfig,
  readWorkerConfig,
  WORKER_CONFIGURATION_FIELDS,
} from "./config.ts";

const READMES = {
  own: new URL("../README.md", import.meta.url),
  shared: new URL("../../README.md", import.meta.url),
};

const S3 = { BLOB_STORE: "s3", S3_BUCKET: "pictures", S3_REGION: "here-1" };
const WORKER = { DATABASE_URL: "postgres://a@b/c" };
const SERVICE = {
  ...WORKER,
  GRPC_PORT: "0",
  METRICS_PORT: "0",
  ACCESS_TOKEN_PUBLIC_KEYS: JSON.stringify(createTestTokens().jwks),
};

describe("the configuration", () => {
  test("names everything that must be set, at once", () => {
    const shared = ["DATABASE_URL", "BLOB_DIRECTORY"];
    const service = [...shared, "GRPC_PORT", "METRICS_PORT", "ACCESS_TOKEN_PUBLIC_KEYS"];
    expect(() => readWorkerConfig({})).toThrow(ConfigurationError);
    for (const variable of shared) expect(() => readWorkerConfig({})).toThrow(variable);
    for (const variable of service) expect(() => readConfig({})).toThrow(variable);
  });

  test("needs no METRICS_PORT for a worker", () => {
    const environment = { DATABASE_URL: "postgres://a@b/c", BLOB_DIRECTORY: "/blobs" };
    expect(readWorkerConfig(environment)).toMatchObject({
      metricsPort: undefined,
      workerConcurrency: 1,
    });
  });

  test("reads a folder", () => {
    const { blobs } = readWorkerConfig({ ...WORKER, BLOB_DIRECTORY: "/blobs" });
    expect(blobs).toEqual({ store: "file", directory: "/blobs" });
  });

  test("reads a bucket, with an access key or without", () => {
    const bucket = { store: "s3", bucket: "pictures", region: "here-1", forcePathStyle: false };
    expect(readWorkerConfig({ ...WORKER, ...S3 }).blobs).toEqual(bucket);
    const own = {
      S3_ENDPOINT: "http://minio:9000",
      S3_FORCE_PATH_STYLE: "true",
      AWS_ACCESS_KEY_ID: "id",
      AWS_SECRET_ACCESS_KEY: "key",
    };
    expect(readWorkerConfig({ ...WORKER, ...S3, ...own }).blobs).toEqual({
      ...bucket,
      forcePathStyle: true,
      endpoint: "http://minio:9000",
      credentials: { accessKeyId: "id", secretAccessKey: "key" },
    });
  });

  test("names everything that a bucket needs, at once", () => {
    const environment = { ...WORKER, BLOB_STORE: "s3", AWS_ACCESS_KEY_ID: "id" };
    const read = () => readWorkerConfig(environment);
    for (const variable of ["S3_BUCKET", "S3_REGION", "AWS_SECRET_ACCESS_KEY"]) {
      expect(read).toThrow(`${variable} is not set`);
    }
    expect(read).not.toThrow("BLOB_DIRECTORY");
  });

  test("refuses several replicas with files of their own, and accepts them with a bucket", () => {
    const read = (environment: object) => () => readConfig({ ...SERVICE, ...environment });
    const files = { BLOB_DIRECTORY: "/blobs" };
    expect(read(files)).not.toThrow();
    expect(read({ ...files, REPLICAS_MAX: "2" })).toThrow(
      /REPLICAS_MAX must be 1 with BLOB_STORE=file, not 2: .*set BLOB_STORE=s3/,
    );
    expect(read({ ...S3, REPLICAS_MAX: "2" })).not.toThrow();
  });

  test("stands in the README of the service or of all services, row by row", async () => {
    const difference = await compareSettings(
      READMES,
      CONFIGURATION_FIELDS,
      WORKER_CONFIGURATION_FIELDS,
    );
    expect(difference).toEqual({ missing: [], surplus: [] });
  });
});
