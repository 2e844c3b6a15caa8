import { isFailure } from "@triptych/chassis/contract/failure";
import type { Asker } from "@triptych/chassis/identity/asker";
import { countCodePoints } from "@triptych/chassis/validation/text-violation";
import { EMAIL_CODE_POINTS_MAX, PASSWORD_CODE_POINTS_MAX } from "./account-rules.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import { badCredentials, type Reason } from "./reasons.ts";
import type { Credentials } from "./user.ts";
import type { UserRepository } from "./user-repository.ts";

/** The credentials and the user agent of a sign-in. */
export interface SignIn {
  /** A handle or an e-mail address. */
  readonly login: string;
  readonly password: string;
  readonly userAgent: string;
}

/** The parts that verify a sign-in. */
export interface SignInDependencies {
  readonly users: UserRepository;
  readonly hasher: PasswordHasher;
}

/**
 * Returns the id of the user whose login and password these are. Takes as long for an unknown login
 * as for a wrong password.
 *
 * @throws Failure BAD_CREDENTIALS, HASHING_OVERLOADED
 */
export async function verifySignIn(
  dependencies: SignInDependencies,
  { login, password }: SignIn,
  asker: Asker,
): Promise<string> {
  const { users, hasher } = dependencies;
  if (isTooLong(login, password)) throw badCredentials();
  const found = await users.findCredentials(login, asker.signal);
  const matches = await hasher.verify(found?.passwordHash, password, asker);
  if (found === undefined || !matches) throw badCredentials();
  if (hasher.needsRehash(found.passwordHash)) {
    await rehash(dependencies, { ...found, password }, asker);
  }
  return found.userId;
}

/** Returns whether no account can have these, which shows nothing of existing accounts. */
function isTooLong(login: string, password: string): boolean {
  return (
    countCodePoints(login) > EMAIL_CODE_POINTS_MAX ||
    countCodePoints(password) > PASSWORD_CODE_POINTS_MAX
  );
}

/** Hashes the password with the current parameters: only a sign-in has the password at hand. */
async function rehash(
  { users, hasher }: SignInDependencies,
  credentials: Credentials & { readonly password: string },
  asker: Asker,
): Promise<void> {
  try {
    const hash = await hasher.hash(credentials.password, asker);
    await users.replacePasswordHash(credentials, hash, asker.signal);
  } catch (thrown) {
    // The sign-in has succeeded already, and the next one tries again.
    if (!isFailure<Reason>(thrown, "HASHING_OVERLOADED")) throw thrown;
  }
}
