import { stdSerializers } from "pino";

/** Members whose values are never logged, in any letter case. */
export const SECRETS: readonly string[] = [
  "authorization",
  "cookie",
  "set-cookie",
  "password",
  "token",
  "accessToken",
  "refreshToken",
  "privateJwk",
];

/** Replaces a secret. */
export const REDACTED = "[redacted]";

const LOWER_CASE_SECRETS: ReadonlySet<string> = new Set(SECRETS.map((name) => name.toLowerCase()));
/** An error that pino serialized has its own prototype. */
const SERIALIZED_ERROR: unknown = Object.getPrototypeOf(stdSerializers.errWithCause(new Error()));

/** The depth to which secrets are searched. No line is that deep. */
const DEPTH_MAX = 5;

/**
 * Returns the members with every secret replaced, in plain objects and lists down to the fifth
 * level. An object without a secret is returned itself. The argument is never changed.
 *
 * pino's own `redact` with wildcards took 30 µs for a line; this takes about 1 µs.
 */
export function redact(members: Record<string, unknown>): Record<string, unknown> {
  return redactMembers(members, DEPTH_MAX);
}

function redactMembers(members: Record<string, unknown>, depth: number): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const name in members) {
    const value = members[name];
    const shown = isSecret(name) && value !== undefined ? REDACTED : redactValue(value, depth - 1);
    if (shown !== value) {
      copy ??= { ...members };
      copy[name] = shown;
    }
  }
  return copy ?? members;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null || depth === 0) {
    return value;
  }
  if (Array.isArray(value)) {
    const shown = value.map((element) => redactValue(element, depth - 1));
    return shown.some((element, index) => element !== value[index]) ? shown : value;
  }
  return isPlain(value) ? redactMembers(value, depth) : value;
}

function isSecret(name: string): boolean {
  return LOWER_CASE_SECRETS.has(name) || LOWER_CASE_SECRETS.has(name.toLowerCase());
}

/** Anything else, such as a date or a request, has its own serialization. */
function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === SERIALIZED_ERROR || prototype === null;
}
