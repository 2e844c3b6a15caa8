import assert from "node:assert";
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";

/** A public Ed25519 key, as a JSON Web Key. */
interface PublicJwk {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  /** The key's id, which a token's header repeats. */
  readonly kid: string;
  readonly x: string;
}

/** A private Ed25519 key, as a JSON Web Key. */
export interface PrivateJwk extends PublicJwk {
  readonly d: string;
}

/** The public keys of access tokens: several while the keys are rotated. */
export interface Jwks {
  readonly keys: readonly PublicJwk[];
}

/** More keys are a mistake: a rotation needs two. */
const KEYS_MAX = 16;
const KID_CHARACTERS_MAX = 128;

/**
 * Parses a JSON Web Key Set of Ed25519 public keys from JSON values.
 *
 * @throws Error that says what is wrong, and shows no key.
 */
export function parseJwks(value: unknown): Jwks {
  const keys = isRecord(value) ? value.keys : undefined;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > KEYS_MAX) {
    throw new Error(`"keys" must be a list of 1 to ${KEYS_MAX} keys`);
  }
  const parsed = keys.map((key: unknown, index) => parsePublicJwk(key, `keys[${index}]`));
  if (new Set(parsed.map((key) => key.kid)).size < parsed.length) {
    throw new Error('two keys have the same "kid"');
  }
  return { keys: parsed };
}

/**
 * Parses an Ed25519 private JSON Web Key with a `kid` from JSON values.
 *
 * @throws Error that says what is wrong, and shows no key.
 */
export function parsePrivateJwk(value: unknown): PrivateJwk {
  const { kid, x } = parseMembers(value, "the key");
  const d = isRecord(value) ? value.d : undefined;
  if (typeof d !== "string") {
    throw new Error('the key has no "d": it is not a private key');
  }
  const key: PrivateJwk = { kty: "OKP", crv: "Ed25519", kid, x, d };
  const imported = refuseUnlessKey(() => importPrivateKey(key), "the key");
  if (createPublicKey(imported).export({ format: "jwk" }).x !== x) {
    throw new Error('"x" is not the public half of "d"');
  }
  return key;
}

/** Returns a new private key, and the set with its public half. */
export function generateKeyPair(kid: string): {
  readonly privateJwk: PrivateJwk;
  readonly publicJwks: Jwks;
} {
  const { x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  assert(x !== undefined && d !== undefined, "an exported Ed25519 key has both halves");
  const publicJwk: PublicJwk = { kty: "OKP", crv: "Ed25519", kid, x };
  return { privateJwk: { ...publicJwk, d }, publicJwks: { keys: [publicJwk] } };
}

/** Imports a public key. Throws if it is no Ed25519 key. */
export function importPublicKey({ kty, crv, x }: PublicJwk): KeyObject {
  return createPublicKey({ key: { kty, crv, x }, format: "jwk" });
}

/** Imports a private key. Throws if it is no Ed25519 key. */
export function importPrivateKey({ kty, crv, x, d }: PrivateJwk): KeyObject {
  return createPrivateKey({ key: { kty, crv, x, d }, format: "jwk" });
}

function parsePublicJwk(value: unknown, where: string): PublicJwk {
  const { kid, x } = parseMembers(value, where);
  if (isRecord(value) && "d" in value) {
    throw new Error(`${where} holds a private key: only its public half belongs here`);
  }
  const key: PublicJwk = { kty: "OKP", crv: "Ed25519", kid, x };
  refuseUnlessKey(() => importPublicKey(key), where);
  return key;
}

function parseMembers(value: unknown, where: string): { readonly kid: string; readonly x: string } {
  if (!isRecord(value) || value.kty !== "OKP" || value.crv !== "Ed25519") {
    throw new Error(`${where} must have "kty": "OKP" and "crv": "Ed25519"`);
  }
  const { kid, x } = value;
  if (typeof kid !== "string" || kid === "" || kid.length > KID_CHARACTERS_MAX) {
    throw new Error(`${where} must have a "kid" of 1 to ${KID_CHARACTERS_MAX} characters`);
  }
  if (typeof x !== "string") {
    throw new Error(`${where} must have "x"`);
  }
  return { kid, x };
}

function refuseUnlessKey(importKey: () => KeyObject, where: string): KeyObject {
  try {
    return importKey();
  } catch {
    // OpenSSL's message says nothing useful, and an error here must not carry the key.
    throw new Error(`${where} is not an Ed25519 key`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
