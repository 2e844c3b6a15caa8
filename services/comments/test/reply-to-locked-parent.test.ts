import { RpcError } from "@triptych/chassis/contract/rpc-error";
import type { Connection } from "@triptych/chassis/database/connection";
import { newId } from "@triptych/chassis/ids/new-id";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { type CommentsUnderTest, startComments, type TestUser } from "./start-comments.ts";
import { findWrongCounters } from "./wrong-counters.ts";

let service: CommentsUnderTest;
let author: TestUser;
let imageId: string;
let parentId: string;

beforeAll(async () => {
  service = await startComments();
  author = await service.signIn();
});
afterAll(() => service[Symbol.asyncDispose]());
beforeEach(async () => {
  imageId = service.images.put({ ownerId: newId() });
  ({ id: parentId } = await service.write(author, imageId));
});

class RolledBack extends Error {}

/**
 * Changes the parent in a transaction, and writes a reply to it. The transaction ends when the
 * reply waits for its lock. Returns the reply's reason, or OK.
 */
async function replyDuring(change: (connection: Connection) => Promise<unknown>): Promise<string> {
  let reply: Promise<string> | undefined;
  const transaction = service.database.for(imageId).transaction(async (connection) => {
    try {
      await change(connection);
    } finally {
      reply = service.write(author, imageId, { parentId }).then(() => "OK", reasonOf);
      await eventually(() => isWaitedFor(connection));
    }
  });
  await transaction.catch((error) => {
    if (!(error instanceof RolledBack)) throw error;
  });
  return (await reply) ?? "no reply";
}

function reasonOf(error: unknown): string {
  return error instanceof RpcError ? error.reason : String(error);
}

async function isWaitedFor(connection: Connection): Promise<boolean> {
  const text = `select 1 from pg_locks
    where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`;
  return (await connection.execute(text)).rowCount > 0;
}

const REMOVE = "delete from comments where image_id = $1 and id = $2";
const UNCOUNT = "update image_comment_counts set count = count - 1 where image_id = $1";
const BURY = `update comments set deleted = true, author_id = null, body = '', version = version + 1
  where image_id = $1 and id = $2`;

async function remove(connection: Connection): Promise<void> {
  await connection.execute(REMOVE, [imageId, parentId]);
  await connection.execute(UNCOUNT, [imageId]);
}

async function bury(connection: Connection): Promise<void> {
  await connection.execute(BURY, [imageId, parentId]);
  await connection.execute(UNCOUNT, [imageId]);
}

describe("a reply that waits for its parent's lock", () => {
  test("fails with PARENT_NOT_FOUND if the parent is deleted meanwhile", async () => {
    expect(await replyDuring(remove)).toBe("PARENT_NOT_FOUND");
    expect(await findWrongCounters(service.database, imageId)).toEqual([]);
  });

  test("fails with PARENT_NOT_FOUND if the parent becomes a tombstone meanwhile", async () => {
    await service.write(author, imageId, { parentId });
    expect(await replyDuring(bury)).toBe("PARENT_NOT_FOUND");
    expect(await findWrongCounters(service.database, imageId)).toEqual([]);
  });

  test("is written if the parent's deletion is rolled back", async () => {
    const undone = async (connection: Connection) => {
      await remove(connection);
      throw new RolledBack();
    };
    expect(await replyDuring(undone)).toBe("OK");
    expect(await findWrongCounters(service.database, imageId)).toEqual([]);
  });

  test("is counted on top of a reply that was written meanwhile", async () => {
    const other = (connection: Connection) =>
      connection.execute(
        "update comments set reply_count = reply_count + 1 where image_id = $1 and id = $2",
        [imageId, parentId],
      );
    expect(await replyDuring(other)).toBe("OK");
    const parent = await service.client.getComment({ id: parentId }, contextFor());
    expect(parent.replyCount).toBe(2);
  });
});
