import assert from "node:assert";
import type { Connection } from "@triptych/chassis/database/connection";
import type { Statement } from "@triptych/chassis/database/statement";
import type { RenderJob } from "#domain/render-job.ts";

/** Adds a job that renders an image, in the transaction of the connection. */
export type EnqueueImage = (connection: Connection, job: RenderJob) => Promise<void>;

/** An image that waits to be rendered. */
interface Claim {
  readonly imageId: string;
  readonly ownerId: string;
  readonly cost: number;
}

/** Separates these advisory locks from those of other code. */
const LOCK_SPACE = 16_024;

/**
 * $1 space, $2 owner. Each image of an owner is put behind the one before, so they come one after
 * the other. Two owners with the same hash only wait for each other.
 */
const LOCK_OWNER = {
  name: "lock_owner",
  text: "select pg_advisory_xact_lock($1, hashtext($2))",
} as const satisfies Statement;

/**
 * $1 image, $2 owner, $3 cost. A turn begins behind the owner's last one, and never before the
 * present: the end of the furthest turn that is being rendered, or the begin of the first that
 * waits, whichever is later. So one who was away saves nothing. A newcomer begins a unit before it,
 * which is in front of an equal image of an owner who has one rendered now. The numbers begin at 0
 * again whenever nothing waits.
 */
const UPSERT_TURN = {
  name: "upsert_turn",
  text: `
    insert into render_turns (image_id, owner_id, virtual_start, virtual_finish)
    select $1, $2, start, start + $3
    from (
      select greatest(
        0,
        (select max(virtual_finish) - 1 from render_turns where started),
        (select min(virtual_start) - 1 from render_turns where not started),
        (select max(virtual_finish) from render_turns where owner_id = $2)
      ) as start
    ) as place
    on conflict (image_id) do update set
      virtual_start = excluded.virtual_start, virtual_finish = excluded.virtual_finish,
      started = false
    returning virtual_finish::float8 as turn`,
} as const satisfies Statement;

/**
 * Puts an image into the order of rendering, in the transaction of the connection, and returns its
 * turn: its virtual finish time. Holds a lock of the owner until the transaction ends.
 *
 * Start-time and self-clocked fair queueing: Goyal, Vin and Cheng, 1996; Golestani, 1994. An owner
 * with many images gets as much work done as one with few, as long as both wait; and a small image
 * waits for no large one of another owner, but the one that is being rendered.
 */
export async function takeTurn(
  connection: Connection,
  { imageId, ownerId, cost }: Claim,
): Promise<number> {
  await connection.query(LOCK_OWNER, [LOCK_SPACE, ownerId]);
  const values = [imageId, ownerId, cost];
  const { rows } = await connection.query<{ turn: number }>(UPSERT_TURN, values);
  assert(rows[0], "the statement inserts or updates a row");
  return rows[0].turn;
}
