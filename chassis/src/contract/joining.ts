import assert from "node:assert";
import type { DescMethod, Message } from "@bufbuild/protobuf";
import type { Joining as Declared } from "@triptych/protos/policy/v1/policy_pb";

/** How concurrent calls of a read of one key are joined into calls of a batch. */
export interface Joining {
  /** The batch method, by its name in a client. */
  readonly batch: string;
  /** Whether the calls of users are joined too, and not only those of anonymous callers. */
  readonly forUsers: boolean;
  /** Returns the key of a request; empty if it has none. */
  keyOf(request: Message): string;
}

/**
 * Compiles the declaration of a method. Throws if its service has no such batch, the batch does not
 * answer with the method's own messages, or the method has no key.
 */
export function compileJoining(method: DescMethod, { batch: name, forUsers }: Declared): Joining {
  const batch = method.parent.methods.find((one) => one.name === name);
  assert(batch, `${method.name} is joined by ${name}, which its service does not have`);
  const answers = batch.output.fields.some((field) => field.message === method.output);
  assert(answers, `${name} has no answers of ${method.name}`);
  const [key, ...others] = method.input.fields;
  assert(key?.fieldKind === "scalar" && others.length === 0, `${method.name} has no single key`);
  return {
    batch: batch.localName,
    forUsers,
    keyOf: (request) => String(Reflect.get(request, key.localName)),
  };
}
