import assert from "node:assert";
import type { DescField, DescMessage, DescMethod, Message } from "@bufbuild/protobuf";
import type { Joining as Declared } from "@triptych/protos/policy/v1/policy_pb";
import { toRequestKey } from "./request-key.ts";

/** How concurrent calls of a read are joined into calls of a batch. */
export interface Joining {
  /** The batch method, by its name in a client. */
  readonly batch: string;
  /** Whether the calls of users are joined too, and not only those of anonymous callers. */
  readonly forUsers: boolean;
  /** Returns the key of a request in the batch; undefined if it has none. */
  keyOf(request: Message): string | undefined;
}

/**
 * Compiles the declaration of a method. Its batch takes a list of keys, or of the method's own
 * requests. Throws if its service has no such batch, the batch does not answer with the method's
 * own messages, or the method has no key.
 */
export function compileJoining(method: DescMethod, { batch: name, forUsers }: Declared): Joining {
  const batch = method.parent.methods.find((one) => one.name === name);
  assert(batch, `${method.name} is joined by ${name}, which its service does not have`);
  return {
    batch: batch.localName,
    forUsers,
    keyOf: isBatchOfRequests(batch, method.input)
      ? requestKeyOf(method, batch)
      : singleKeyOf(method, batch),
  };
}

function isBatchOfRequests(batch: DescMethod, request: DescMessage): boolean {
  return batch.input.fields.some((field) => field.message === request);
}

function requestKeyOf(method: DescMethod, batch: DescMethod): Joining["keyOf"] {
  const isAnswered = batch.output.fields.some(({ message }) => hasAnswers(message?.fields, method));
  assert(isAnswered, `${batch.name} has no answers of ${method.name}`);
  return (request) => toRequestKey(method.input, request);
}

function singleKeyOf(method: DescMethod, batch: DescMethod): Joining["keyOf"] {
  assert(hasAnswers(batch.output.fields, method), `${batch.name} has no answers of ${method.name}`);
  const [key, ...others] = method.input.fields;
  assert(key?.fieldKind === "scalar" && others.length === 0, `${method.name} has no single key`);
  return (request) => String(Reflect.get(request, key.localName)) || undefined;
}

function hasAnswers(fields: readonly DescField[] | undefined, { output }: DescMethod): boolean {
  return fields?.some(({ message }) => message === output) ?? false;
}
