import { create, type DescField, type DescMethod, type Message } from "@bufbuild/protobuf";

/** One entry of a batch's response, with its key. */
export interface BatchEntry {
  readonly key: string;
  readonly message: Message;
}

/** The answers of a batch, by key. */
export type FoundByKey = ReadonlyMap<string, Message>;

/**
 * The shape of a batch method: how to take its request apart into keys and its response into
 * entries, and how to build both again.
 */
export interface BatchShape {
  keysOf(request: Message): readonly string[];
  requestFor(keys: readonly string[]): Message;
  foundIn(response: Message): FoundByKey;
  responseOf(entries: readonly BatchEntry[]): Message;
}

/**
 * Reads the shape of a batch method from its descriptor. The only field of the request is a list of
 * keys (`ids`, `image_ids`). The first field of the response is a list of messages that have the
 * key in the singular (`id`, `image_id`). Returns undefined if the method has another shape.
 */
export function batchShapeOf(method: DescMethod): BatchShape | undefined {
  const [keys, ...otherInputs] = method.input.fields;
  const [entries] = method.output.fields;
  if (otherInputs.length > 0) return undefined;
  if (keys?.fieldKind !== "list" || keys.listKind !== "scalar") return undefined;
  if (entries?.fieldKind !== "list" || entries.listKind !== "message") return undefined;
  const key = entries.message.fields.find(({ name }) => `${name}s` === keys.name);
  if (key?.fieldKind !== "scalar") return undefined;

  return {
    keysOf: (request) => [...listOf<string>(request, keys)],
    requestFor: (wanted) => create(method.input, { [keys.localName]: [...wanted] }),
    foundIn(response) {
      const found = new Map<string, Message>();
      for (const message of listOf<Message>(response, entries)) {
        found.set(String(Reflect.get(message, key.localName)), message);
      }
      return found;
    },
    responseOf: (found) =>
      create(method.output, { [entries.localName]: found.map(({ message }) => message) }),
  };

  function listOf<T>(message: Message, field: DescField): readonly T[] {
    return Reflect.get(message, field.localName) as T[];
  }
}
