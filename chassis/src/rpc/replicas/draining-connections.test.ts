import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const FIXTURE = fileURLToPath(new URL("draining-connections.fixture.ts", import.meta.url));

async function endOfStream(closedBy: string, keeps: "kept" | "left"): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [FIXTURE, closedBy, keeps]);
  return stdout;
}

describe("a stream on a connection that is about to end", () => {
  test.each(["server", "client"])(
    "goes on to its end although the %s has closed the connection",
    async (side) => {
      expect(await endOfStream(side, "kept")).toBe("0");
    },
  );

  test.each(["server", "client"])(
    "control: is cut by the next ping if the %s has closed the connection",
    async (side) => {
      expect(await endOfStream(side, "left")).toMatch(/^[1-9]\d*$/);
    },
  );
});
