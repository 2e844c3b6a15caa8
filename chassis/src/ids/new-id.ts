import { v7 } from "uuid";

const ID_LENGTH = 36;
/** The slot is the last two bytes of an id, as hexadecimal digits. */
const SLOT_DIGITS = 4;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Returns a new UUIDv7. Later ids sort later; ids of one process also do within a millisecond.
 */
export function newId(): string {
  return v7();
}

/**
 * Returns a new UUIDv7 in the slot of its partition, so that a row's shard follows from its own id:
 * a comment is in the slot of its image, a session in that of its user. 58 random or counted bits
 * remain for each millisecond.
 */
export function newIdIn(partitionId: string): string {
  return v7().slice(0, ID_LENGTH - SLOT_DIGITS) + partitionId.slice(-SLOT_DIGITS);
}

/** Returns the slot of an id, 0 to 65535. A shard is a range of slots. */
export function slotOf(id: string): number {
  return Number.parseInt(id.slice(-SLOT_DIGITS), 16);
}

/**
 * Whether a text has the form of an id: a UUID of any version in lower case. SQL receives nothing
 * else as an id.
 */
export function isId(value: string): boolean {
  return ID.test(value);
}
