import type { BlobCollector } from "./blob-collector.ts";
import type { BlobStore } from "./blob-store.ts";
import type { ImageFailure } from "./image.ts";
import { createProcessImage } from "./process-image.ts";
import type { ProcessingRepository } from "./processing-repository.ts";
import { RenderAborted, type Renderer, type RenderResult } from "./renderer.ts";

const RENDERED = {
  kind: "rendered",
  width: 4,
  height: 3,
  placeholder: new Uint8Array(),
  variants: [],
} as const satisfies RenderResult;

/** Ends a renderer's process. */
const die = () => Promise.reject(new RenderAborted("the renderer ended with SIGKILL"));
const succeed = () => Promise.resolve(RENDERED);

/** An image in memory, and a renderer that does what the script says, try by try. */
function createTrial(script: readonly (() => Promise<RenderResult>)[]) {
  const tries: ("among others" | "alone")[] = [];
  const image = { lostTries: 0, failure: undefined as ImageFailure | undefined };
  const renderer: Renderer = {
    async render(_path, { beginAlone }) {
      await beginAlone?.();
      tries.push(beginAlone ? "alone" : "among others");
      const play = script[tries.length - 1];
      if (play === undefined) throw new Error("one try more than the script has");
      return await play();
    },
  };
  const repository: ProcessingRepository = {
    startImage: async () => ({
      blobHash: "ab",
      size: undefined,
      lostTries: image.lostTries,
    }),
    beginTry: async () => {
      image.lostTries++;
    },
    endTry: async () => {
      image.lostTries = 0;
    },
    postponeImage: async () => true,
    removeStaleTurns: async () => {},
    completeImage: async () => true,
    failImage: async (_id, { failure }) => {
      image.failure = failure;
    },
  };
  const blobs = {
    borrow: <Result>(_hash: string, use: (path: string) => Promise<Result>) => use("/file"),
  };
  const processImage = createProcessImage({
    repository,
    blobs: blobs as unknown as BlobStore,
    collector: {} as BlobCollector,
    renderer,
    clock: () => new Date(0),
    observeAborted: () => {},
    observeMissing: () => {},
  });
  return { image, tries, process: (attempt: number) => processImage("id", attempt) };
}

describe("processing", () => {
  test("fails an image as too complex if its renderer dies twice, the second time alone", async () => {
    const { image, tries, process } = createTrial([die, die]);
    expect(await process(1)).toBe("postponed");
    expect(image.failure).toBeUndefined();
    expect(await process(2)).toBe("failed");
    expect(image).toEqual({ failure: "too_complex", lostTries: 0 });
    expect(tries).toEqual(["among others", "alone"]);
  });

  test("does not blame an image that was killed with another one", async () => {
    const { image, tries, process } = createTrial([die, succeed]);
    expect(await process(1)).toBe("postponed");
    expect(await process(2)).toBe("ready");
    expect(image.failure).toBeUndefined();
    expect(tries).toEqual(["among others", "alone"]);
  });

  test("renders an image alone if the attempt before did not end", async () => {
    const { tries, process } = createTrial([succeed]);
    expect(await process(2)).toBe("ready");
    expect(tries).toEqual(["alone"]);
  });

  test("fails an image as too complex if workers end with it, again and again", async () => {
    const workerEnds = () => new Promise<never>(() => {});
    const { image, tries, process } = createTrial([workerEnds, workerEnds, workerEnds]);
    for (const attempt of [1, 2, 3]) void process(attempt);
    await new Promise(setImmediate);
    expect(tries).toEqual(["among others", "alone", "alone"]);
    expect(await process(4)).toBe("failed");
    expect(image.failure).toBe("too_complex");
  });

  test("leaves an image for later if its file cannot be read now, and counts nothing", async () => {
    const unread = () => Promise.reject(new Error("the store does not answer"));
    const { image, process } = createTrial([unread, unread, succeed]);
    await expect(process(1)).rejects.toThrow("does not answer");
    await expect(process(2)).rejects.toThrow("does not answer");
    expect(image).toEqual({ failure: undefined, lostTries: 0 });
    expect(await process(3)).toBe("ready");
  });
});
