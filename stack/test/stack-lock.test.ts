import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readStackFile, type StackRecord } from "#control/stack-file.ts";
import { lockDataFolder, unlockDataFolder } from "#control/stack-lock.ts";

const SCRIPT = fileURLToPath(new URL("./lock-folder.ts", import.meta.url));
const RECORD: StackRecord = {
  pid: process.pid,
  state: "starting",
  topology: "split",
  url: null,
  control: { port: 1, token: "ours" },
  processes: [],
};

describe("the lock of a data folder", () => {
  let folder: string;
  let path: string;
  let holder: ChildProcess;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "stack-lock-"));
    path = join(folder, "stack.json");
  });
  afterEach(async () => {
    holder?.kill("SIGKILL");
    await rm(folder, { recursive: true });
  });

  async function holdElsewhere(): Promise<void> {
    holder = spawn(process.execPath, [SCRIPT, path], { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout ?? holder, "data");
  }

  test("is held by one stack, and names its process to another", async () => {
    await holdElsewhere();
    await expect(lockDataFolder(path, RECORD)).rejects.toThrow(
      `The data folder ${folder} is in use by the stack of process ${holder.pid}`,
    );
  });

  test("goes to the next stack once its holder was killed, with the list of its processes", async () => {
    await holdElsewhere();
    holder.kill("SIGKILL");
    await once(holder, "exit");
    const left = await lockDataFolder(path, RECORD);
    expect(left?.processes).toEqual([{ name: "users", pid: 1 }]);
    expect(await readStackFile(path)).toEqual(RECORD);
  });

  test.each([
    ["no JSON", "not JSON"],
    ["an empty file", ""],
    ["a file that was cut", JSON.stringify(RECORD).slice(0, 40)],
    ["a list", "[]"],
    ["a record without a process", JSON.stringify({ ...RECORD, pid: undefined })],
    ["the number of all processes", JSON.stringify({ ...RECORD, pid: -1 })],
    ["no port", JSON.stringify({ ...RECORD, control: { port: 70_000, token: "x" } })],
    ["a token that is no text", JSON.stringify({ ...RECORD, control: { port: 1, token: {} } })],
    ["no list of processes", JSON.stringify({ ...RECORD, processes: [{ pid: 0, name: "x" }] })],
  ])("replaces a file that no stack wrote: %s", async (_what, content) => {
    await writeFile(path, content);
    expect(await lockDataFolder(path, RECORD)).toBeUndefined();
    expect(await readStackFile(path)).toEqual(RECORD);
  });

  test("can be taken again once it is released", async () => {
    await lockDataFolder(path, RECORD);
    await unlockDataFolder(path);
    expect(await lockDataFolder(path, RECORD)).toBeUndefined();
  });
});
