import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { RenderAborted } from "#domain/renderer.ts";
import { createRenderer } from "./renderer.ts";

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

  test("renders one image after the other, and several at once", async () => {
    const renderer = createRenderer({ timeoutMs: 30_000 });
    const results = await Promise.all([renderer.render(path), renderer.render(path)]);
    results.push(await renderer.render(path));
    for (const result of results) {
      expect(result).toMatchObject({ kind: "rendered", width: 60, height: 40 });
    }
    renderer.close();
  });

  test("throws RenderAborted if it takes too long", async () => {
    const hasty = createRenderer({ timeoutMs: 1 });
    await expect(hasty.render(path)).rejects.toThrow(RenderAborted);
    hasty.close();
  });

  test("throws RenderAborted if its process is killed", async () => {
    const renderer = createRenderer({ timeoutMs: 30_000 });
    const rendering = renderer.render(path);
    renderer.close();
    await expect(rendering).rejects.toThrow(RenderAborted);
  });

  test("blames no image for a missing file", async () => {
    const renderer = createRenderer({ timeoutMs: 30_000 });
    const rendering = renderer.render(join(directory, "no-such-file"));
    await expect(rendering).rejects.toThrow(/could not be read now/);
    expect(await renderer.render(path)).toMatchObject({ kind: "rendered" });
    renderer.close();
  });
});
