import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@triptych/chassis/testing/eventually";
import sharp from "sharp";
import { RenderAborted } from "#domain/renderer.ts";
import { createRenderer } from "./renderer.ts";

const MEBIBYTE = 1024 * 1024;
const TIME = { timeoutMs: 60_000 } as const;
const UNKNOWN = { size: undefined } as const;
/** Only Linux shows processes in files, and has `prlimit`. */
const onLinux = process.platform === "linux" ? test : test.skip;

describe("a renderer", () => {
  let directory: string;
  let path: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "renderer-"));
    path = join(directory, "picture");
    const picture = sharp({ create: { width: 60, height: 40, channels: 4, background: "#4568" } });
    await writeFile(path, await picture.png().toBuffer());
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  /** A picture that its decoder holds in memory whole: 4 bytes for each pixel. */
  async function interlaced(width: number, height: number): Promise<string> {
    const file = join(directory, `${width}x${height}`);
    const picture = sharp({ create: { width, height, channels: 4, background: "#4568" } });
    await picture.png({ progressive: true }).toFile(file);
    return file;
  }

  test("renders one image after the other, and several at once", async () => {
    const renderer = createRenderer(TIME);
    const results = await Promise.all([
      renderer.render(path, UNKNOWN),
      renderer.render(path, UNKNOWN),
    ]);
    results.push(await renderer.render(path, UNKNOWN));
    for (const result of results) {
      expect(result).toMatchObject({ kind: "rendered", width: 60, height: 40 });
    }
    renderer.close();
  });

  test("throws RenderAborted if it takes too long", async () => {
    const hasty = createRenderer({ timeoutMs: 1 });
    await expect(hasty.render(path, UNKNOWN)).rejects.toThrow(RenderAborted);
    hasty.close();
  });

  test("gives a picture time in proportion to its pixels", async () => {
    // A third of 3 ms, and two thirds by the share of 100 megapixels.
    const hasty = createRenderer({ timeoutMs: 3 });
    for (const [size, ms] of [
      [{ width: 60, height: 40 }, 2],
      [{ width: 10_000, height: 5_000 }, 2],
      [{ width: 10_000, height: 10_000 }, 3],
    ] as const) {
      const rendering = hasty.render(path, { size });
      await expect(rendering).rejects.toThrow(`longer than ${ms} ms`);
    }
    hasty.close();
  });

  onLinux("throws RenderAborted if its process is killed, and goes on with another", async () => {
    const renderer = createRenderer(TIME);
    const large = await interlaced(6_000, 6_000);
    const rendering = renderer.render(large, UNKNOWN);
    const [child] = await eventually(async () => {
      const found = await renderers();
      return found.length === 1 && found;
    });
    const killed = expect(rendering).rejects.toThrow(RenderAborted);
    // Before it has started its end is no image's fault, so it may work first.
    await eventually(async () => (await limitOf(child)) !== "unlimited");
    process.kill(child as number, "SIGKILL");
    await killed;
    expect(await renderer.render(path, UNKNOWN)).toMatchObject({ kind: "rendered" });
    renderer.close();
  });

  onLinux("throws RenderAborted if a picture takes more memory than it may", async () => {
    const large = await interlaced(8_000, 8_000); // 256 MB
    const small = createRenderer({ ...TIME, decoderBytesMax: 192 * MEBIBYTE });
    await expect(small.render(large, UNKNOWN)).rejects.toThrow(RenderAborted);
    expect(await small.render(path, UNKNOWN)).toMatchObject({ kind: "rendered" });
    small.close();
    // The control: the same picture, with the memory that every picture may take.
    const renderer = createRenderer(TIME);
    expect(await renderer.render(large, UNKNOWN)).toMatchObject({ kind: "rendered" });
    renderer.close();
  });

  onLinux("has a limit of memory that the kernel keeps", async () => {
    let isUnlimited = false;
    const renderer = createRenderer({
      ...TIME,
      observeUnlimited: () => {
        isUnlimited = true;
      },
    });
    await renderer.render(path, UNKNOWN);
    const [child] = await renderers();
    const bytes = Number(await limitOf(child));
    expect(bytes).toBeGreaterThan(2_048 * MEBIBYTE);
    expect(bytes).toBeLessThan(3_072 * MEBIBYTE);
    expect(await readFile(`/proc/${child}/oom_score_adj`, "utf8")).toBe("1000\n");
    expect(isUnlimited).toBe(false);
    renderer.close();
  });

  test("blames no image for a missing file", async () => {
    const renderer = createRenderer(TIME);
    const rendering = renderer.render(join(directory, "no-such-file"), UNKNOWN);
    await expect(rendering).rejects.toThrow(/could not be read now/);
    expect(await renderer.render(path, UNKNOWN)).toMatchObject({ kind: "rendered" });
    renderer.close();
  });

  test("blames no image if it is closed", async () => {
    const renderer = createRenderer(TIME);
    const rendering = renderer.render(path, UNKNOWN);
    const refused = expect(rendering).rejects.toThrow("the renderer was closed");
    await new Promise(setImmediate); // its process starts
    renderer.close();
    await refused;
    await expect(renderer.render(path, UNKNOWN)).rejects.toThrow("the renderer is closed");
  });
});

/** The ids of this process' renderers. */
async function renderers(): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const status = await readFile(`/proc/${entry}/stat`, "utf8");
      const parent = Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1]);
      if (parent !== process.pid) continue;
      const command = await readFile(`/proc/${entry}/cmdline`, "utf8");
      if (command.includes("render-main.ts")) found.push(Number(entry));
    } catch {
      // The process has ended meanwhile.
    }
  }
  return found;
}

/** The limit of a process' data, in bytes or "unlimited". */
async function limitOf(pid: number | undefined): Promise<string | undefined> {
  const limits = await readFile(`/proc/${pid}/limits`, "utf8");
  return /^Max data size\s+(\S+)/m.exec(limits)?.[1];
}
