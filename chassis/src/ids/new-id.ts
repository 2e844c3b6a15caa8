import { v7 } from "uuid";

const ID_LENGTH = 36;
/** The last two bytes of an id, as hexadecimal digits: the slot. */
const SLOT_DIGITS = 4;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Makes a UUIDv7: ids made later sort later, within a process also in the same millisecond. */
export function newId(): string {
  return v7();
}

/**
 * Makes a UUIDv7 that ends in the two bytes of its partition's id, so that a row is found from its
 * own id alone: a comment lives in the slot of its image, a session in that of its user. 58 random
 * or counted bits remain for each millisecond.
 */
export function newIdIn(partitionId: string): string {
  return v7().slice(0, ID_LENGTH - SLOT_DIGITS) + partitionId.slice(-SLOT_DIGITS);
}

/** The slot of an id, 0 to 65535. Shards are ranges of slots. */
export function slotOf(id: string): number {
  return Number.parseInt(id.slice(-SLOT_DIGITS), 16);
}

/**
 * True if the text has an id's form: a UUID of any version in lower case. Nothing else reaches SQL
 * as an id.
 */
export function isId(value: string): boolean {
  return ID.test(value);
}
