import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { LogOutput } from "./log-output.ts";

const FIXTURE = fileURLToPath(new URL("./log-output.fixture.ts", import.meta.url));
const line = (text: string) => `${JSON.stringify({ message: text })}\n`;

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
      for (const number of [1, 2, 3]) output.write(line(`lost ${number}`), "images");
      expect([output.dropped, state.written]).toEqual([3, ""]);

      state.room = Number.POSITIVE_INFINITY;
      output.write(line("kept"), "images");
      output.write(line("as always"), "images");
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
    output.write(line("torn"), "images");
    output.write(line("lost"), "images");
    state.room = Number.POSITIVE_INFINITY;
    output.write(line("whole"), "images");
    const [torn, notice = "", whole] = state.written.split("\n");
    expect([torn, JSON.parse(notice).droppedLines, whole]).toEqual([
      line("torn").slice(0, 5),
      2,
      line("whole").trimEnd(),
    ]);
  });

  test("waits a moment for a reader that is slow, and not for one that has stopped", () => {
    const { output, state } = outputOf(0, "EAGAIN");
    output.write(line("waits"), "images");
    const first = state.calls;
    output.write(line("does not wait"), "images");
    expect([first > 1, state.calls - first]).toEqual([true, 1]);
  });
});

describe("a process that logs", () => {
  async function run(stdout: number | "pipe", ...words: string[]) {
    const child = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", FIXTURE, ...words],
      {
        stdio: ["ignore", stdout, "pipe"],
      },
    );
    // A reader that leaves at once.
    child.stdout?.destroy();
    const [errors, [code]] = await Promise.all([
      child.stderr === null ? "" : text(child.stderr),
      once(child, "close"),
    ]);
    return { code, errors };
  }

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
