import { link, rename, rm, writeFile } from "node:fs/promises";
import { errorCode } from "#errors/error-code.ts";
import { StackError } from "#errors/stack-error.ts";
import { isProcess } from "#processes/process-identity.ts";
import { sendControlRequest } from "./send-control-request.ts";
import { readStackFile, type StackRecord } from "./stack-file.ts";

/**
 * Two starts in the same moment may each find the other's file. More tries mean another problem.
 */
const TRIES_MAX = 5;

/**
 * Creates the stack file as the lock of its data folder: of two starts one wins. The supervisor
 * must listen before it calls this, since a file is stale if nothing answers at its control port.
 * Returns the record that a killed supervisor left, if there is one. Throws StackError if a stack
 * runs on this folder.
 */
export async function lockDataFolder(
  path: string,
  record: StackRecord,
): Promise<StackRecord | undefined> {
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  let left: StackRecord | undefined;
  try {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      // Unlike a rename, a link fails if the name exists.
      if (await linkUnlessThere(unfinished, path)) return left;
      const found = await readStackFile(path);
      if (found !== undefined && (await answers(found))) throw inUse(path, found.pid);
      left = found ?? left;
      await removeStale(path, found);
    }
  } finally {
    await rm(unfinished, { force: true });
  }
  throw new StackError(`${path} cannot be created: another stack is starting on the same folder.`);
}

/** Removes the stack file, which releases the lock. */
export async function unlockDataFolder(path: string): Promise<void> {
  await rm(path, { force: true });
}

async function linkUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * A supervisor that is busy, or stopped in a debugger, does not answer but holds the lock: then its
 * process decides.
 */
async function answers(record: StackRecord): Promise<boolean> {
  try {
    await sendControlRequest(record, { command: "status" });
    return true;
  } catch {
    return isProcess(record.pid, "stack/src/main.ts");
  }
}

/** Removes the stale file, and restores it if another start had replaced it by then. */
async function removeStale(path: string, stale: StackRecord | undefined): Promise<void> {
  const aside = `${path}.stale-${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  const taken = await readStackFile(aside);
  if (taken?.control.token !== stale?.control.token) await linkUnlessThere(aside, path);
  await rm(aside, { force: true });
}

function inUse(path: string, pid: number): StackError {
  const folder = path.replace(/\/[^/]*$/, "");
  return new StackError(
    `The data folder ${folder} is in use by the stack of process ${pid}: stop that one, or choose another folder with TRIPTYCH_DATA.`,
  );
}
