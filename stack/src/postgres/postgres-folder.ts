import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFile,
  chown,
  type FileHandle,
  mkdir,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Binaries } from "./find-binaries.ts";
import { PostgresCannotStart } from "./postgres-cannot-start.ts";
import { CLIENT_AUTHENTICATION, type ServerSettings, serverSettings } from "./server-settings.ts";
import { findServerUser, ownUser, type ServerUser, spawnAs } from "./server-user.ts";

const run = promisify(execFile);
const SETTINGS_FILE = "triptych.conf";
const LOG_BYTES_MAX = 10 * 1024 * 1024;
const PASSWORD_BYTES = 24;

/** The superuser of the embedded server. Only the stack and the tests know its password. */
export const SUPERUSER = "postgres";

/** The paths of one embedded server: its data, its log, its password. */
export interface PostgresFolder {
  readonly folder: string;
  /** Postgres' own data folder. */
  readonly cluster: string;
  readonly log: string;
  readonly supervisor: string;
}

/** Creates the folder, closed to all other users. Throws PostgresCannotStart if that fails. */
export async function openPostgresFolder(path: string): Promise<PostgresFolder> {
  try {
    await createFolder(resolve(path));
    const folder = await realpath(path);
    return {
      folder,
      cluster: join(folder, "cluster"),
      log: join(folder, "server.log"),
      supervisor: join(folder, "supervisor.pid"),
    };
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    throw new PostgresCannotStart(
      `The data folder ${path} cannot be created (${reason}): choose another with TRIPTYCH_DATA.`,
      { cause },
    );
  }
}

/**
 * Without `recursive: true`: below a folder that allows no new ones, such as /proc, Node 24 then
 * never returns.
 */
async function createFolder(path: string): Promise<void> {
  if (await exists(path)) return;
  if (!(await exists(dirname(path)))) await createFolder(dirname(path));
  await mkdir(path, { mode: 0o700 });
}

/**
 * Finds the user that Postgres runs as, and makes that user the owner of the whole folder. Throws
 * PostgresCannotStart if the folder belongs to another user.
 */
export async function claimPostgresFolder(
  data: PostgresFolder,
  { postgres }: Binaries,
): Promise<ServerUser> {
  const own = ownUser();
  const dataOwner = await stat(data.cluster).catch(() => undefined);
  if (own.owner.uid !== 0) {
    const folderOwner = dataOwner ?? (await stat(data.folder));
    if (folderOwner.uid === own.owner.uid) return own;
    throw new PostgresCannotStart(
      `The data folder ${data.folder} belongs to user number ${folderOwner.uid}: start the stack as that user, or choose another folder with TRIPTYCH_DATA.`,
    );
  }
  const user = await findServerUser(data.folder, postgres, dataOwner);
  const { uid, gid } = user.owner;
  if (dataOwner !== undefined && dataOwner.uid !== uid) {
    await run("chown", ["-R", `${uid}:${gid}`, data.folder]);
  }
  return user;
}

/** Creates the database cluster unless there is one. Returns the superuser's password. */
export async function initialise(
  data: PostgresFolder,
  { initdb }: Binaries,
  { user, durable }: { readonly user: ServerUser; readonly durable: boolean },
): Promise<string> {
  const passwordFile = join(data.folder, "password");
  if (await exists(data.cluster)) return await readPassword(passwordFile);
  const password = randomBytes(PASSWORD_BYTES).toString("base64url");
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await setOwner(user, passwordFile);
  // Under another name until it is complete: after an interrupted start the next one begins again.
  const unfinished = join(data.folder, "cluster.new");
  await rm(unfinished, { recursive: true, force: true });
  await runToEnd(user, [
    initdb,
    `--pgdata=${unfinished}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // The same order and case rules on every machine, with any locales.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
    ...(durable ? [] : ["--no-sync"]),
  ]);
  await appendFile(join(unfinished, "postgresql.conf"), `include '${SETTINGS_FILE}'\n`);
  await rename(unfinished, data.cluster);
  return password;
}

async function readPassword(path: string): Promise<string> {
  const password = (await readFile(path, "utf8").catch(() => "")).trim();
  if (password !== "") return password;
  throw new PostgresCannotStart(
    `The superuser's password in ${path} is missing or empty: restore that file from a backup of the data folder.`,
  );
}

/** Writes the settings of this start, rotates a large log, and opens the log. */
export async function configure(
  data: PostgresFolder,
  user: ServerUser,
  settings: ServerSettings,
): Promise<FileHandle> {
  const settingsFile = join(data.cluster, SETTINGS_FILE);
  await writeChanged(settingsFile, serverSettings(settings));
  await setOwner(user, settingsFile);
  await writeChanged(join(data.cluster, "pg_hba.conf"), CLIENT_AUTHENTICATION);
  const log = await stat(data.log).catch(() => undefined);
  if (log !== undefined && log.size > LOG_BYTES_MAX) await rename(data.log, `${data.log}.old`);
  // After a start by root the folder must stay usable for its owner.
  await writeChanged(data.supervisor, `${process.pid}\n`);
  await setOwner(user, data.supervisor);
  const handle = await open(data.log, "a", 0o600);
  await setOwner(user, data.log);
  return handle;
}

/**
 * Writes a file unless it has this content. A server that dies because its disk is full can then be
 * started again on the same port without any room.
 */
async function writeChanged(path: string, content: string): Promise<void> {
  if ((await readFile(path, "utf8").catch(() => undefined)) === content) return;
  await writeFile(path, content, { mode: 0o600 });
}

/** The environment of Postgres. It contains no variable that changes its behaviour. */
export const SERVER_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  LC_ALL: "C",
  TZ: "UTC",
};

async function setOwner({ owner }: ServerUser, path: string): Promise<void> {
  if (process.getuid?.() === 0) await chown(path, owner.uid, owner.gid);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function runToEnd(user: ServerUser, command: readonly [string, ...string[]]): Promise<void> {
  const child = spawnAs(user, command, {
    cwd: "/",
    env: SERVER_ENVIRONMENT,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    complaint += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else
        reject(
          new PostgresCannotStart(`Postgres could not create its data folder: ${complaint.trim()}`),
        );
    });
  });
}
