import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { LogOutput } from "./log-output.ts";

const FIXTURE = fileURLToPath(new URL("./log-output.fixture.ts", import.meta.url));
const line = (text: string) => `${JSON.stringify({ message: text })}\n`;

/** Writes a line alone. */
function write(output: LogOutput, text: string): void {
  output.write(line(text), "images");
  output.flush();
}

/** An output of `room` bytes, and then with one of these errors. */
function outputOf(room: number, code = "ENOSPC") {
  const state = { room, written: "", calls: 0 };
  const output = new LogOutput((bytes) => {
    state.calls++;
    if (state.room === 0) throw Object.assign(new Error(code), { code });
    const part = bytes.subarray(0, state.room);
    state.room -= part.length;
    state.written += part.toString();
    return part.length;
  });
  return { output, state };
}

describe("the output of a log", () => {
  test.each(["ENOSPC", "EDQUOT", "EIO", "EPIPE", "EBADF", "EAGAIN"])(
    "drops and counts lines after %s, and says how many once it works again",
    (code) => {
      const { output, state } = outputOf(0, code);
      for (const number of [1, 2, 3]) write(output, `lost ${number}`);
      expect([output.dropped, state.written]).toEqual([3, ""]);

      state.room = Number.POSITIVE_INFINITY;
      write(output, "kept");
      write(output, "as always");
      const lines = state.written.trimEnd().split("\n");
      expect(lines.map((one) => JSON.parse(one))).toEqual([
        expect.objectContaining({ level: "warn", service: "images", droppedLines: 3 }),
        { message: "kept" },
        { message: "as always" },
      ]);
      expect(output.dropped).toBe(3);
    },
  );

  test("begins a new line after one that was written in part", () => {
    const { output, state } = outputOf(5);
    write(output, "torn");
    write(output, "lost");
    state.room = Number.POSITIVE_INFINITY;
    write(output, "whole");
    const [torn, notice = "", whole] = state.written.split("\n");
    expect([torn, JSON.parse(notice).droppedLines, whole]).toEqual([
      line("torn").slice(0, 5),
      2,
      line("whole").trimEnd(),
    ]);
  });

  test("waits a moment for a reader that is slow, and not for one that has stopped", () => {
    const { output, state } = outputOf(0, "EAGAIN");
    write(output, "waits");
    const first = state.calls;
    write(output, "does not wait");
    expect([first > 1, state.calls - first]).toEqual([true, 1]);
  });

  test("writes the lines of one turn of the event loop together, at its end", async () => {
    const { output, state } = outputOf(Number.POSITIVE_INFINITY);
    for (const text of ["one", "two", "three"]) output.write(line(text), "images");
    expect(state.calls).toBe(0);
    await setImmediate();
    expect([state.calls, state.written]).toEqual([1, ["one", "two", "three"].map(line).join("")]);
    output.write(line("the next turn"), "images");
    await setImmediate();
    expect([state.calls, state.written]).toEqual([2, expect.stringContaining("the next turn")]);
  });

  test("writes at once what exceeds 64 KiB", () => {
    const { output, state } = outputOf(Number.POSITIVE_INFINITY);
    const kilobyte = line("x".repeat(1_024));
    for (let count = 0; count < 100; count++) output.write(kilobyte, "images");
    expect(state.calls).toBe(1);
    output.flush();
    expect([state.calls, state.written.length]).toEqual([2, 100 * kilobyte.length]);
  });

  test("counts only the lines that are lost of those that are written together", () => {
    const { output, state } = outputOf(2 * line("kept 1").length + 3);
    for (const text of ["kept 1", "kept 2", "torn", "lost"]) output.write(line(text), "images");
    output.flush();
    expect(output.dropped).toBe(2);
    state.room = Number.POSITIVE_INFINITY;
    write(output, "whole");
    const lines = state.written.trimEnd().split("\n");
    expect(lines.slice(0, 3)).toEqual([
      line("kept 1").trimEnd(),
      line("kept 2").trimEnd(),
      line("torn").slice(0, 3),
    ]);
    expect(lines.slice(3).map((one) => JSON.parse(one))).toEqual([
      expect.objectContaining({ droppedLines: 2 }),
      { message: "whole" },
    ]);
  });
});

describe("a process that logs", () => {
  function start(stdout: number | "pipe", ...words: string[]) {
    const spawned = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", FIXTURE, ...words],
      { stdio: ["ignore", stdout, "pipe"] },
    );
    return { spawned, closed: once(spawned, "close") };
  }

  async function run(stdout: number | "pipe", ...words: string[]) {
    const { spawned: child, closed } = start(stdout, ...words);
    // A reader that leaves at once.
    child.stdout?.destroy();
    const [errors, [code]] = await Promise.all([
      child.stderr === null ? "" : text(child.stderr),
      closed,
    ]);
    return { code, errors };
  }

  test.each([
    ["--end", 0],
    ["--exit", 3],
    ["--throw", 1],
  ])("loses no line when it ends: %s", async (how, expected) => {
    const { spawned, closed } = start("pipe", how);
    const [lines, [code]] = await Promise.all([text(spawned.stdout as Readable), closed]);
    const numbers = lines.trimEnd().split("\n");
    expect([code, numbers.map((one) => JSON.parse(one).number)]).toEqual([
      expected,
      Array.from({ length: 101 }, (_, number) => number),
    ]);
  });

  test("goes on while its disk is full", async () => {
    const full = openSync("/dev/full", "w");
    try {
      expect(await run(full)).toEqual({ code: 0, errors: "dropped 100\n" });
    } finally {
      closeSync(full);
    }
  });

  test("goes on after the reader of its log has left", async () => {
    const { code, errors } = await run("pipe");
    expect([code, errors]).toEqual([0, expect.stringMatching(/^dropped \d+\n$/)]);
  });

  test("ends without its own output: the control", async () => {
    const full = openSync("/dev/full", "w");
    try {
      expect((await run(full, "--without")).code).not.toBe(0);
    } finally {
      closeSync(full);
    }
  });
});
