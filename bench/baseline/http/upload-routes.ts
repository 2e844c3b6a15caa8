import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import multipart from "@fastify/multipart";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import sharp from "sharp";
import { blobPath } from "#baseline/store/blobs.ts";
import type { Database } from "#baseline/store/database.ts";
import { newId } from "#baseline/store/new-id.ts";
import { renderPicture } from "#baseline/store/render.ts";
import type { ImageRow } from "#baseline/store/rows.ts";
import { INSERT_IMAGE, UPDATE_RENDERED } from "#baseline/store/statements.ts";
import { Problem } from "./problem.ts";
import { IMAGE } from "./schemas.ts";
import { userOf } from "./server.ts";
import { imageTag, toImage } from "./views.ts";

/** What uploads need. */
export interface UploadDependencies {
  readonly database: Database;
  readonly blobs: string;
  readonly logger: Logger;
}

interface StoredFile {
  readonly hash: string;
  readonly sizeBytes: number;
  readonly path: string;
}

const UPLOAD_BYTES_MAX = 25 * 1024 * 1024;
const TYPES: ReadonlySet<string> = new Set(["jpeg", "png", "webp", "heif", "gif"]);

/** Adds the upload of an image, which is rendered after the answer, one image at a time. */
export function uploadRoutes(server: FastifyInstance, dependencies: UploadDependencies): void {
  const { database, blobs, logger } = dependencies;
  let rendering: Promise<unknown> = Promise.resolve();
  server.register(multipart, { limits: { files: 1, fileSize: UPLOAD_BYTES_MAX } });

  server.post(
    "/v1/images",
    { schema: { response: { 201: IMAGE } }, bodyLimit: UPLOAD_BYTES_MAX + 64 * 1024 },
    async (request, reply) => {
      const ownerId = userOf(request);
      const part = await request.file();
      if (part === undefined) throw new Problem("INVALID_ARGUMENT", "file is required");
      const file = await storeFile(part.file, blobs);
      const { format = "", autoOrient } = await sharp(file.path)
        .metadata()
        .catch(() => {
          throw new Problem("NOT_AN_IMAGE");
        });
      if (!TYPES.has(format)) throw new Problem("NOT_AN_IMAGE");
      const id = newId();
      const { width, height } = autoOrient;
      const type = `image/${format === "heif" ? "avif" : format}`;
      const values = [id, ownerId, "", type, file.sizeBytes, file.hash, width, height];
      const [row] = await database.rows<ImageRow>(INSERT_IMAGE, values);
      if (row === undefined) throw new Problem("UNAUTHENTICATED");
      rendering = rendering
        .then(() => render(dependencies, id, file.path))
        .catch((error) => {
          logger.error({ error }, "an image was not rendered");
        });
      reply.code(201).header("etag", imageTag(row));
      return toImage(row);
    },
  );
}

/** Writes and hashes a file while it arrives. It is synced before it has its name. */
async function storeFile(chunks: AsyncIterable<Buffer>, blobs: string): Promise<StoredFile> {
  const staged = join(blobs, `staged-${randomUUID()}`);
  const sha256 = createHash("sha256");
  let sizeBytes = 0;
  const file = await open(staged, "wx");
  try {
    for await (const chunk of chunks) {
      sha256.update(chunk);
      sizeBytes += chunk.length;
      await file.write(chunk);
    }
    await file.sync();
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  const hash = sha256.digest("hex");
  const path = blobPath(blobs, hash);
  await mkdir(dirname(path), { recursive: true });
  await rename(staged, path);
  return { hash, sizeBytes, path };
}

async function render(
  { database, blobs }: UploadDependencies,
  id: string,
  path: string,
): Promise<void> {
  const rendered = await renderPicture(path, blobs).catch(() => undefined);
  await database.rows(UPDATE_RENDERED, [
    id,
    rendered === undefined ? "failed" : "ready",
    JSON.stringify(rendered?.variants ?? []),
    rendered?.placeholder ?? "",
  ]);
}
