import assert from "node:assert";
import type { DescMessage, DescMethod, Message } from "@bufbuild/protobuf";
import type { Invalidation as Declared } from "@triptych/protos/policy/v1/policy_pb";

/** An invalidation: which cached answers a call makes old. */
export interface Invalidation {
  /** The batch method that they are answers of, by its name in a client. */
  readonly batch: string;
  /**
   * Returns the key of what has changed. Undefined if the key is in the response, and there is
   * none, or a callee of an earlier version left the field out.
   */
  keyOf(request: Message, response: Message | undefined): string | undefined;
}

/**
 * Compiles the declaration of a method. Throws if its service has no such batch, or its messages
 * have no such field.
 */
export function compileInvalidation(
  method: DescMethod,
  { method: name, key }: Declared,
): Invalidation {
  const batch = method.parent.methods.find((one) => one.name === name);
  assert(batch, `${method.name} invalidates ${name}, which its service does not have`);
  const [side, ...path] = key.split(".");
  assert(side === "request" || side === "response", `${method.name}: ${key} is no key`);
  const names = localNames(side === "request" ? method.input : method.output, path);
  assert(names, `${method.name} has no ${key}`);
  return {
    batch: batch.localName,
    keyOf(request, response) {
      const message = side === "request" ? request : response;
      const value = names.reduce<unknown>(memberOf, message);
      return value === undefined || value === "" ? undefined : String(value);
    },
  };
}

/** Returns the path to a field with a single value, by member names; undefined if there is none. */
function localNames(schema: DescMessage, path: readonly string[]): string[] | undefined {
  const [first, ...rest] = path;
  const field = schema.fields.find(({ name }) => name === first);
  if (field?.fieldKind === "scalar" && rest.length === 0) return [field.localName];
  if (field?.fieldKind !== "message") return undefined;
  const below = localNames(field.message, rest);
  return below && [field.localName, ...below];
}

function memberOf(value: unknown, name: string): unknown {
  return value === undefined ? undefined : Reflect.get(value as object, name);
}
