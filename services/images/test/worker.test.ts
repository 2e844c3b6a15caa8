import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { UserCaller } from "@triptych/chassis/identity/caller";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { ImageFailure, ImageState } from "@triptych/protos/images/v1/image_pb";
import pg from "pg";
import sharp from "sharp";
import { picture } from "./pictures.ts";
import { type ImagesUnderTest, startImages } from "./start-images.ts";
import { processed, startWorker } from "./start-worker.ts";

const MAIN = fileURLToPath(new URL("../src/worker-main.ts", import.meta.url));
/** A missing heartbeat is noticed after 10 s, and looked for every 10 s. */
const REDONE_MS_MAX = 40_000;
const HOUR_MS = 60 * 60 * 1000;

describe("a worker", () => {
  let images: ImagesUnderTest;
  let caller: UserCaller;
  beforeAll(async () => {
    images = await startImages();
    caller = await images.user();
  });
  afterEach(async () => {
    await images.clear();
    await images.query("delete from queue.job");
  });
  afterAll(() => images[Symbol.asyncDispose]());

  /** 49 megapixels in some kilobytes: slow enough to be interrupted. */
  const slowPicture = () =>
    sharp({ create: { width: 7000, height: 7000, channels: 3, background: "#456" } })
      .png()
      .toBuffer();

  const underWay = () =>
    eventually(async () => {
      const jobs = await images.query("select id from queue.job where state = 'active'");
      return jobs.length > 0;
    });

  function forkWorker(): ChildProcess {
    return fork(MAIN, {
      silent: true,
      execArgv: ["--disable-warning=ExperimentalWarning"],
      env: {
        DATABASE_URL: images.databaseUrl,
        BLOB_DIRECTORY: images.blobDirectory,
        LOG_LEVEL: "warn",
      },
    });
  }

  const databaseName = () => new URL(images.databaseUrl).pathname.slice(1);

  /** Runs a statement on the server, since the worker's database may accept no connections. */
  async function asSuperuser(text: string, values?: readonly unknown[]): Promise<void> {
    const client = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL });
    await client.connect();
    await client.query(text, values === undefined ? undefined : [...values]);
    await client.end();
  }

  /**
   * Changes the worker's database, and ends the worker's sessions, so that it notices the change.
   */
  async function alterDatabase(change: string): Promise<void> {
    await asSuperuser(`alter database ${databaseName()} ${change}`);
    await asSuperuser(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like $1",
      ["images-worker%"],
    );
  }

  async function untilLogged({ stdout }: ChildProcess, text: string): Promise<void> {
    assert(stdout, "the worker is forked with pipes");
    for await (const line of createInterface({ input: stdout })) if (line.includes(text)) return;
    throw new Error(`the worker ended without a line on: ${text}`);
  }

  test("leaves its image to another worker when it is killed in the middle of it", async () => {
    const child = forkWorker();
    try {
      const { id } = await images.upload(caller, await slowPicture());
      await underWay();
      child.kill("SIGKILL");
      await once(child, "exit");
      await using _another = await startWorker(images);
      const image = await processed(images, caller, id, { timeoutMs: REDONE_MS_MAX });
      expect(image).toMatchObject({ state: ImageState.READY, width: 7000 });
      expect(image.variants).toHaveLength(4);
    } finally {
      child.kill("SIGKILL");
    }
  }, 60_000);

  test("finishes its job before it exits on SIGTERM", async () => {
    const child = forkWorker();
    try {
      const { id } = await images.upload(caller, await slowPicture());
      await underWay();
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      expect(code).toBe(0);
      const { state } = await images.client.getImage({ id }, contextFor(caller));
      expect(state).toBe(ImageState.READY);
    } finally {
      child.kill("SIGKILL");
    }
  });

  test.each([
    ["is gone", "allow_connections false", "allow_connections true"],
    [
      "takes no writes",
      "set default_transaction_read_only = on",
      "reset default_transaction_read_only",
    ],
  ])(
    "continues by itself after its database %s",
    async (_, change, restoration) => {
      const child = forkWorker();
      try {
        const { id } = await images.upload(caller, await slowPicture());
        await underWay();
        try {
          await alterDatabase(change);
          await untilLogged(child, "image not processed");
        } finally {
          await asSuperuser(`alter database ${databaseName()} ${restoration}`);
        }
        const image = await processed(images, caller, id, { timeoutMs: REDONE_MS_MAX });
        expect(image.state).toBe(ImageState.READY);
        expect(child.exitCode).toBeNull();
      } finally {
        child.kill("SIGKILL");
      }
    },
    60_000,
  );

  test("fails an image that takes too long at each attempt", async () => {
    await using _worker = await startWorker(images, { renderTimeoutMs: 1 });
    const { id } = await images.upload(caller, await picture(50, 50).png().toBuffer());
    const image = await processed(images, caller, id);
    expect(image).toMatchObject({
      state: ImageState.FAILED,
      failure: ImageFailure.TOO_COMPLEX,
      variants: [],
    });
    expect(await images.files()).toHaveLength(1);
  });

  test("fails an image whose header showed too few pixels", async () => {
    await using _worker = await startWorker(images);
    const file = await sharp({
      create: { width: 10_001, height: 10_000, channels: 3, background: "#456" },
    })
      .jpeg()
      .toBuffer();
    // A stray byte between the segments hides the size from the upload's check, and not from the
    // decoder.
    const next = 4 + file.readUInt16BE(4);
    const hidden = Buffer.concat([file.subarray(0, next), Buffer.from([1]), file.subarray(next)]);
    const { id } = await images.upload(caller, hidden);
    expect(await processed(images, caller, id)).toMatchObject({
      failure: ImageFailure.TOO_EXPENSIVE,
    });
  });

  test("leaves nothing of an image that is deleted while it is processed", async () => {
    await using _worker = await startWorker(images);
    const { id } = await images.upload(caller, await slowPicture());
    await underWay();
    await images.client.deleteImage({ id }, contextFor(caller));
    await eventually(async () => {
      const left = await images.query("select id from queue.job where state <> 'completed'");
      return left.length === 0;
    });
    expect(await images.files()).toEqual([]);
    for (const table of ["images", "variants", "blobs"]) {
      expect(await images.query(`select * from ${table}`)).toEqual([]);
    }
  });

  test("shares the variants of equal pictures, and keeps them when one is deleted", async () => {
    await using _worker = await startWorker(images);
    const file = await picture(700, 600).jpeg().toBuffer();
    const first = await images.upload(caller, file);
    const second = await images.upload(caller, file);
    await processed(images, caller, first.id);
    await processed(images, caller, second.id);
    // The original, the large and the medium variant, which are the same, the small one and the
    // thumb.
    expect(await images.files()).toHaveLength(4);
    await images.client.deleteImage({ id: first.id }, contextFor(caller));
    expect(await images.files()).toHaveLength(4);
    await images.client.deleteImage({ id: second.id }, contextFor(caller));
    expect(await images.files()).toEqual([]);
  });

  test("removes unreferenced bytes that are older than an hour when it starts", async () => {
    const file = await picture(40, 40).png().toBuffer();
    const kept = await images.upload(caller, file);
    const orphan = await images.upload(caller, Buffer.concat([file, Buffer.from("old")]));
    const young = await images.upload(caller, Buffer.concat([file, Buffer.from("young")]));
    const hashes = await images.query<{ id: string; blob_hash: string }>(
      "select id, blob_hash from images",
    );
    const hashOf = (id: string) => hashes.find((row) => row.id === id)?.blob_hash ?? "";
    await images.query("delete from images where id <> $1", [kept.id]);
    await images.query("delete from blobs where hash not in (select blob_hash from images)");
    const past = new Date(Date.now() - 2 * HOUR_MS);
    for (const { id } of [kept, orphan]) {
      const hash = hashOf(id);
      await utimes(join(images.blobDirectory, hash.slice(0, 2), hash), past, past);
    }
    await using _worker = await startWorker(images);
    await eventually(async () => (await images.files()).length === 2);
    expect((await images.files()).toSorted()).toEqual(
      [hashOf(kept.id), hashOf(young.id)].toSorted(),
    );
  });
});
