import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ReadOnlySwitch } from "@triptych/chassis/database/read-only-mode";
import type { UserCaller } from "@triptych/chassis/identity/caller";
import { newId } from "@triptych/chassis/ids/new-id";
import type { Client } from "@triptych/chassis/rpc/client/client";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { createTestDatabase } from "@triptych/chassis/testing/test-database";
import { startTestService } from "@triptych/chassis/testing/test-service";
import { createTestTokens } from "@triptych/chassis/testing/test-tokens";
import type { Image } from "@triptych/protos/images/v1/image_pb";
import {
  type CreateImageRequestSchema,
  type ImageHeaderSchema,
  ImageService,
  type UploadEndSchema,
} from "@triptych/protos/images/v1/image_service_pb";
import pg from "pg";
import { createApp } from "#app.ts";
import type { BlobSettings } from "#blobs/create-blob-store.ts";
import { MIGRATIONS } from "#migrations.ts";
import { openFiles } from "./open-files.ts";
import type { FindStoreFault } from "./s3-faults.ts";
import { startObjectStore, type TestObjectStore } from "./start-object-store.ts";

/** A message of an upload. */
export type UploadMessage = MessageInitShape<typeof CreateImageRequestSchema>;

/** The kinds of store that a test's service can use: files, or a bucket. */
export const BLOB_STORES = ["file", "s3"] as const;

/** The images service, listening, with a database and a blob store of its own. */
export interface ImagesUnderTest extends AsyncDisposable {
  readonly client: Client<typeof ImageService>;
  readonly databaseUrl: string;
  readonly blobs: BlobSettings;
  /** Empty if the bytes are in a bucket. */
  readonly blobDirectory: string;
  /** The bucket, if the bytes are in one. */
  readonly objectStore: TestObjectStore | undefined;
  /** The operator's read-only switch. */
  readonly readOnly: ReadOnlySwitch;
  /** Creates a user who is signed in. */
  user(): Promise<UserCaller>;
  /** Uploads a file in chunks of 64 KiB. */
  upload(
    caller: UserCaller,
    file: Uint8Array,
    header?: MessageInitShape<typeof ImageHeaderSchema>,
  ): Promise<Image>;
  /** Queries the database. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /**
   * Lists the names of the files in the blob directory, staged ones included, or the keys in the
   * bucket.
   */
  files(): Promise<string[]>;
  /** Returns how many uploads are being received. For a bucket it works on Linux only. */
  arriving(): Promise<number>;
  /** Removes every image and every file. */
  clear(): Promise<void>;
}

const CHUNK_BYTES = 64 * 1024;
/** 25 MiB take seconds on a machine that runs other tests too. */
export const UPLOAD_TIMEOUT_MS = 30_000;

/** Cuts a file into the messages of an upload. */
export async function* messagesOf(
  file: Uint8Array,
  header: MessageInitShape<typeof ImageHeaderSchema> = {},
): AsyncIterable<UploadMessage> {
  yield* openingOf(file, header);
  yield endOf(file);
}

/** The last message of an upload, with fields that its header lacked. */
export function endOf(
  file: Uint8Array,
  late: MessageInitShape<typeof UploadEndSchema> = {},
): UploadMessage {
  return { part: { case: "end", value: { ...late, sizeBytes: file.length } } };
}

/** The messages of an upload without its end, as they come when the client is cut off. */
export async function* openingOf(
  file: Uint8Array,
  header: MessageInitShape<typeof ImageHeaderSchema> = {},
): AsyncIterable<UploadMessage> {
  yield { part: { case: "header", value: header } };
  for (let at = 0; at < file.length; at += CHUNK_BYTES) {
    yield { part: { case: "chunk", value: file.subarray(at, at + CHUNK_BYTES) } };
  }
}

/** The options of a service under test. */
export interface StartOptions {
  readonly uploadsMax?: number;
  readonly store?: (typeof BLOB_STORES)[number];
  /** The fault of the bucket, from before the start. */
  readonly storeFault?: FindStoreFault;
}

/** Starts the service. */
export async function startImages({
  uploadsMax = 128,
  store = "file",
  storeFault,
}: StartOptions = {}): Promise<ImagesUnderTest> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createTestDatabase({ migrations: MIGRATIONS }));
  const objectStore = store === "s3" ? stack.use(await startObjectStore()) : undefined;
  objectStore?.fail(storeFault);
  const blobDirectory = await mkdtemp(join(tmpdir(), "images-"));
  stack.defer(() => rm(blobDirectory, { recursive: true, force: true }));
  const blobs: BlobSettings =
    objectStore === undefined
      ? { store: "file", directory: blobDirectory }
      : { store: "s3", ...objectStore.settings };
  const tokens = createTestTokens();
  const app = createApp(
    {
      databaseUrl: database.url,
      databasePoolMax: 10,
      accessTokenPublicKeys: tokens.jwks,
      blobs,
      uploadsMax,
      failurePolicy: "on",
    },
    { logger: createLogger({ service: "images", level: "fatal" }) },
  );
  stack.defer(() => app.close());
  await app.prepare(new AbortController().signal);
  const service = stack.use(await startTestService(app));
  const client = service.client(ImageService);
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on("error", () => {}); // the database may go while the pool still closes its connections
  stack.defer(() => pool.end());
  const resources = stack.move();

  return {
    client,
    databaseUrl: database.url,
    blobs,
    blobDirectory,
    objectStore,
    readOnly: app.readOnly,
    async user() {
      const userId = newId();
      const token = await tokens.tokenFor(userId);
      return { kind: "user", userId, sessionId: `session-of-${userId}`, operator: false, token };
    },
    upload: (caller, file, header) =>
      client.createImage(
        messagesOf(file, header),
        contextFor(caller, { timeoutMs: UPLOAD_TIMEOUT_MS }),
      ),
    async query(text, values) {
      return (await pool.query(text, values)).rows;
    },
    async files() {
      if (objectStore !== undefined) return objectStore.keys();
      const entries = await readdir(blobDirectory, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    async arriving() {
      if (store === "s3") return (await openFiles(join(tmpdir(), "triptych-blob-"))).length;
      // The folder may not exist yet.
      const staged = await readdir(join(blobDirectory, "staging")).catch(() => []);
      return staged.length;
    },
    async clear() {
      await pool.query("truncate images, blobs cascade");
      objectStore?.clear();
      for (const name of await readdir(blobDirectory)) {
        await rm(join(blobDirectory, name), { recursive: true });
      }
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
