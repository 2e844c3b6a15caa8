import type { Connection } from "@triptych/chassis/database/connection";
import type { Database } from "@triptych/chassis/database/database";
import type { Shard } from "@triptych/chassis/database/shard";
import type { Rows, Statement } from "@triptych/chassis/database/statement";
import { ID_MAX } from "@triptych/chassis/ids/id-bounds";
import type { Image, Viewer } from "#domain/image.ts";
import type { ImageQuery, ImageRepository, NewImage } from "#domain/image-repository.ts";
import { workloadOf } from "#domain/render-job.ts";
import { type ImageFactsRow, type ImageRow, toFacts, toImage } from "./image-row.ts";
import * as statements from "./image-statements.ts";
import { type EnqueueImage, takeTurn } from "./render-turns.ts";
import { releaseBlobs, retainBlobs } from "./retain-blobs.ts";

/** A healthy database answers within a few milliseconds. */
const WRITABLE_MS_MAX = 1_000;

/** Stores images in Postgres. */
export function createImageRepository(database: Database, enqueue: EnqueueImage): ImageRepository {
  return {
    async findImage(id, viewer, signal) {
      const shard = database.for(id);
      const { rows } =
        viewer === undefined
          ? await shard.read<ImageRow>(statements.SELECT_SHARED_IMAGE, [id], signal)
          : await shard.read<ImageRow>(statements.SELECT_IMAGE, [id, viewer], signal);
      return rows.length === 0 ? undefined : toImage(rows[0]);
    },
    async findImageFacts(id, signal) {
      const { rows } = await database
        .for(id)
        .read<ImageFactsRow>(statements.SELECT_IMAGE_FACTS, [id], signal);
      return rows[0] && toFacts(rows[0]);
    },
    async findImagesFacts(ids, signal) {
      const rows = await onEachShard<ImageFactsRow>(database, ids, (shard, shardIds) =>
        shard.read(statements.SELECT_IMAGES_FACTS, [shardIds], signal),
      );
      return rows.map(toFacts);
    },
    async findImages(ids, viewer, signal) {
      const rows = await onEachShard<ImageRow>(database, ids, (shard, shardIds) =>
        viewer === undefined
          ? shard.read(statements.SELECT_SHARED_IMAGES, [shardIds], signal)
          : shard.read(statements.SELECT_IMAGES, [shardIds, viewer], signal),
      );
      return rows.map(toImage);
    },
    async listImages(query, viewer, signal) {
      const { statement, values } = listStatement(query, viewer);
      const { rows } = await database
        .for(query.ownerId ?? "")
        .read<ImageRow>(statement, values, signal);
      return rows.map(toImage);
    },
    checkWritable: () => database.checkWritable(WRITABLE_MS_MAX),
    createImage: (image, storeBytes) =>
      database.for(image.id).transaction(async (connection) => {
        await retainBlobs(connection, [image]);
        await storeBytes();
        const inserted = await insertImage(connection, image);
        const { cost, isSmall } = workloadOf(image.dimensions);
        const turn = await takeTurn(connection, {
          imageId: image.id,
          ownerId: image.ownerId,
          cost,
        });
        await enqueue(connection, { imageId: image.id, turn, isSmall, earlierAttempts: 0 });
        return inserted;
      }),
    updateImage: (id, decide, signal) =>
      database.for(id).transaction(async (connection) => {
        const image = await lockImage(connection, id);
        if (image === undefined) return undefined;
        const { fields, updateTime } = decide(image);
        const { title, description, tags, visibility, commentsOpen } = { ...image, ...fields };
        const { rows } = await connection.query<ImageRow>(statements.UPDATE_IMAGE, [
          id,
          title,
          description,
          tags,
          visibility,
          commentsOpen,
          updateTime,
          image.ownerId,
        ]);
        if (fields.tags !== undefined) {
          await connection.query(statements.DELETE_TAGS, [id]);
          await connection.query(statements.INSERT_TAGS, [id, tags]);
        }
        return toImage(rows[0]);
      }, signal),
    deleteImage: (id, check, signal) =>
      database.for(id).transaction(async (connection) => {
        const image = await lockImage(connection, id);
        if (image === undefined) return undefined;
        check(image);
        await connection.query(statements.DELETE_IMAGE, [id]);
        const hashes = [image, ...image.variants].map(({ blobHash }) => blobHash);
        return await releaseBlobs(connection, hashes);
      }, signal),
  };
}

function listStatement(
  { ownerId, tag, after = ID_MAX, limit }: ImageQuery,
  viewer: Viewer,
): { readonly statement: Statement; readonly values: readonly unknown[] } {
  const values = [viewer ?? null, after, limit];
  const isOwn = ownerId !== undefined && ownerId === viewer;
  if (tag === undefined) {
    if (ownerId === undefined) return { statement: statements.SELECT_LISTED_IMAGES, values };
    if (isOwn) return { statement: statements.SELECT_OWN_IMAGES, values };
    return { statement: statements.SELECT_IMAGES_OF_OWNER, values: [...values, ownerId] };
  }
  if (ownerId === undefined) {
    return { statement: statements.SELECT_TAGGED_IMAGES, values: [...values, tag] };
  }
  if (isOwn) return { statement: statements.SELECT_OWN_TAGGED_IMAGES, values: [...values, tag] };
  const statement = statements.SELECT_TAGGED_IMAGES_OF_OWNER;
  return { statement, values: [...values, tag, ownerId] };
}

/** Reads the rows of some ids, from all shards that have some of them. */
async function onEachShard<Row>(
  database: Database,
  ids: readonly string[],
  read: (shard: Shard, ids: readonly string[]) => Promise<Rows<Row>>,
): Promise<readonly Row[]> {
  const idsByShard = Map.groupBy(ids, (id) => database.for(id));
  const answers = await Promise.all([...idsByShard].map(([shard, some]) => read(shard, some)));
  return answers.flatMap(({ rows }) => rows);
}

async function insertImage(connection: Connection, image: NewImage): Promise<Image> {
  const { rows } = await connection.query<ImageRow>(statements.INSERT_IMAGE, [
    image.id,
    image.ownerId,
    image.title,
    image.description,
    image.tags,
    image.visibility,
    image.commentsOpen,
    image.contentType,
    image.sizeBytes,
    image.blobHash,
    image.createTime,
    image.dimensions?.width ?? 0,
    image.dimensions?.height ?? 0,
  ]);
  return toImage(rows[0]);
}

async function lockImage(connection: Connection, id: string): Promise<Image | undefined> {
  const { rowCount } = await connection.query(statements.LOCK_IMAGE, [id]);
  if (rowCount === 0) return undefined;
  const { rows } = await connection.query<ImageRow>(statements.SELECT_SHARED_IMAGE, [id]);
  return toImage(rows[0]);
}
