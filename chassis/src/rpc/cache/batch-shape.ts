import { create, type DescField, type DescMethod, type Message } from "@bufbuild/protobuf";
import { fromRequestKey } from "#contract/request-key.ts";

/** One entry of a batch's response, with its key. */
export interface BatchEntry {
  readonly key: string;
  readonly message: Message;
}

/** The answers of a batch, by key. */
export type FoundByKey = ReadonlyMap<string, Message>;

/** How the calls of a batch method are put together from keys, and taken apart again. */
export interface JoinedShape {
  requestFor(keys: readonly string[]): Message;
  /** Returns what a response to the request for these keys has. Keys may be left out. */
  foundIn(response: Message, keys: readonly string[]): FoundByKey;
}

/** The shape of a batch of keys, whose answers can be cached key by key. */
export interface BatchShape extends JoinedShape {
  keysOf(request: Message): readonly string[];
  responseOf(entries: readonly BatchEntry[]): Message;
}

/** Reads the shape of a batch method; undefined if the method is no batch. */
export function joinedShapeOf(method: DescMethod): JoinedShape | undefined {
  return batchShapeOf(method) ?? requestsShapeOf(method);
}

/**
 * Reads the shape of a batch of keys from its descriptor. The only field of the request is a list
 * of keys (`ids`, `image_ids`). The first field of the response is a list of messages that have the
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
}

/**
 * Reads the shape of a batch of requests from its descriptor. The only field of the request is a
 * list of the requests of another method. The only field of the response is a list of results in
 * the same order; the only field of a result is that method's response, unset if it is left out.
 * Returns undefined if the method has another shape.
 */
function requestsShapeOf(method: DescMethod): JoinedShape | undefined {
  const [requests, ...otherInputs] = method.input.fields;
  const [results, ...otherOutputs] = method.output.fields;
  if (otherInputs.length > 0 || otherOutputs.length > 0) return undefined;
  if (requests?.fieldKind !== "list" || requests.listKind !== "message") return undefined;
  if (results?.fieldKind !== "list" || results.listKind !== "message") return undefined;
  const [answer, ...others] = results.message.fields;
  if (answer?.fieldKind !== "message" || others.length > 0) return undefined;

  const toRequest = (key: string) => fromRequestKey(requests.message, key);
  return {
    requestFor: (wanted) => create(method.input, { [requests.localName]: wanted.map(toRequest) }),
    foundIn(response, keys) {
      const found = new Map<string, Message>();
      for (const [index, result] of listOf<Message>(response, results).entries()) {
        const key = keys[index];
        const message = Reflect.get(result, answer.localName) as Message | undefined;
        if (key !== undefined && message !== undefined) found.set(key, message);
      }
      return found;
    },
  };
}

function listOf<T>(message: Message, field: DescField): readonly T[] {
  return Reflect.get(message, field.localName) as T[];
}
