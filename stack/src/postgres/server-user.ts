import { type ChildProcess, execFile, type SpawnOptions, spawn } from "node:child_process";
import { chown, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { PostgresCannotStart } from "./postgres-cannot-start.ts";

const run = promisify(execFile);
const PROBE_MS_MAX = 5_000;

/**
 * Writes into the folder and runs the server's program. A start needs both, and a closed parent
 * folder forbids them.
 */
const PROBE = 'probe="$1/.probe" && : > "$probe" && rm "$probe" && exec "$2" --version';

/** A way to run a program so that Postgres, which refuses to run as root, accepts it. */
export interface ServerUser {
  /** The program and arguments in front of the command; empty if the command runs as it is. */
  readonly prefix: readonly string[];
  /** Set if the operating system changes the user. */
  readonly uid?: number;
  readonly gid?: number;
  /** The owner of the files on disk. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Starts a program as that user, in a session of its own: Ctrl-C at the terminal reaches only the
 * stack, which ends the program in order.
 */
export function spawnAs(
  user: ServerUser,
  command: readonly [string, ...string[]],
  options: SpawnOptions,
): ChildProcess {
  const [program = command[0], ...rest] = [...user.prefix, ...command];
  const { uid, gid } = user;
  return spawn(program, rest, { ...options, detached: true, uid, gid });
}

/** Returns the user of this process. Root cannot use it for Postgres. */
export function ownUser(): ServerUser {
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  return { prefix: [], owner };
}

/**
 * Finds a way for root to run Postgres on `folder`. `dataOwner` is the owner of existing data, or
 * undefined. Each way is tried on the real folder and program. Throws PostgresCannotStart if none
 * works.
 */
export async function findServerUser(
  folder: string,
  postgres: string,
  dataOwner: Account | undefined,
): Promise<ServerUser> {
  const account = dataOwner?.uid ? dataOwner : await serverAccount();
  const ways = [
    ...(dataOwner?.uid ? [] : [inUserNamespace(account)]),
    withCapabilities(account),
    asAccount(account),
  ];
  for (const user of ways) {
    if (await works(user, folder, postgres)) return user;
  }
  throw new PostgresCannotStart(
    `Postgres refuses to run as root, and no other user can reach ${folder} and ${postgres}: start the stack as an ordinary user, or move both to a folder that every user may enter.`,
  );
}

/**
 * A user namespace in which root has the id of an ordinary user. Postgres does not see root, and on
 * disk the files are root's, so that folders closed to all others stay usable. No new user is
 * necessary.
 */
function inUserNamespace({ uid, gid }: Account): ServerUser {
  const prefix = ["unshare", "--user", `--map-user=${uid}`, `--map-group=${gid}`];
  return { prefix, owner: { uid: 0, gid: 0 } };
}

/**
 * An ordinary user that may pass root's closed folders. For containers, which forbid new
 * namespaces. The secure bit lets access(2), by which Postgres finds its own files, see the
 * capability too.
 */
function withCapabilities({ uid, gid }: Account): ServerUser {
  const prefix = [
    "setpriv",
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    "--securebits=+no_setuid_fixup",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
  ];
  return { prefix, owner: { uid, gid } };
}

/** An ordinary user without capabilities: enough if the folders are open. The only way on macOS. */
function asAccount({ uid, gid }: Account): ServerUser {
  return { prefix: [], uid, gid, owner: { uid, gid } };
}

async function works(user: ServerUser, folder: string, postgres: string): Promise<boolean> {
  const [program = "sh", ...rest] = [...user.prefix, "sh", "-c", PROBE, "sh", folder, postgres];
  const { uid, gid, owner } = user;
  try {
    await chown(folder, owner.uid, owner.gid);
    await run(program, rest, { timeout: PROBE_MS_MAX, uid, gid, cwd: "/" });
    return true;
  } catch {
    return false; // this way is closed here; the next is tried
  }
}

/**
 * Returns an account that exists, because initdb looks up its name: Postgres' own, or else any
 * except root's.
 */
async function serverAccount(): Promise<Account> {
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n");
  const accounts = lines
    .map((line) => line.split(":"))
    .map(([name = "", , uid = "", gid = ""]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0);
  const account =
    accounts.find(({ name }) => name === "postgres" || name === "_postgres") ?? accounts.at(-1);
  if (account === undefined) {
    throw new PostgresCannotStart(
      "Postgres refuses to run as root, and /etc/passwd names no other user: add one (useradd postgres), or start the stack as an ordinary user.",
    );
  }
  return account;
}
