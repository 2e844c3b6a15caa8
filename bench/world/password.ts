import { hash } from "@node-rs/argon2";

/** The password of every user of a world. */
export const PASSWORD = "a bench of seven planks";

/** Triptych's parameters of argon2id, so that no sign-in hashes the password again. */
const ARGON2 = {
  algorithm: 2,
  version: 1,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
} as const;

/** Returns a hash of the password. */
export async function hashPassword(): Promise<string> {
  return await hash(PASSWORD, ARGON2);
}
