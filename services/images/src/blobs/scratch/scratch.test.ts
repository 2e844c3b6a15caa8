import { access, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openScratchFile, removeScratch, withScratchPath } from "./scratch.ts";

const HOUR_MS = 60 * 60 * 1000;

describe("scratch", () => {
  test("a file has no name, and can be written and read", async () => {
    await using file = await openScratchFile();
    expect(await file.stat()).toMatchObject({ nlink: 0 });
    await file.write("some bytes");
    const { buffer } = await file.read(Buffer.alloc(5), 0, 5, 5);
    expect(buffer.toString()).toBe("bytes");
  });

  test("a path is provided, and its file removed afterwards, also after a failure", async () => {
    let lent = "";
    const failing = withScratchPath(async (path) => {
      await writeFile(path, "some bytes");
      lent = path;
      throw new Error("it fails");
    });
    await expect(failing).rejects.toThrow("it fails");
    await expect(access(dirname(lent))).rejects.toThrow("ENOENT");
  });

  test("a killed process's file is removed when it is old", async () => {
    const left = await mkdtemp(join(tmpdir(), "triptych-blob-"));
    try {
      await writeFile(join(left, "blob"), "some bytes");
      await removeScratch(HOUR_MS);
      await access(left);
      const past = new Date(Date.now() - 2 * HOUR_MS);
      await utimes(left, past, past);
      expect(await removeScratch(HOUR_MS)).toBeGreaterThanOrEqual(1);
      await expect(access(left)).rejects.toThrow("ENOENT");
    } finally {
      await rm(left, { recursive: true, force: true });
    }
  });
});
