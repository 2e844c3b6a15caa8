import { type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";

/**
 * Returns the key of a whole request, for a batch of requests: equal requests have the same one. It
 * holds the request's bytes, one in each character.
 */
export function toRequestKey(schema: DescMessage, request: Message): string {
  const { buffer, byteOffset, byteLength } = toBinary(schema, request);
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}

/** Returns the request of a key. */
export function fromRequestKey(schema: DescMessage, key: string): Message {
  return fromBinary(schema, Buffer.from(key, "latin1"));
}
