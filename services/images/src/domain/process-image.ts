import type { BlobCollector } from "./blob-collector.ts";
import { BlobMissing, type BlobStore, type StagedBlob } from "./blob-store.ts";
import type { ObserveMissingBytes } from "./missing-bytes.ts";
import type { ProcessingRepository, UnprocessedImage } from "./processing-repository.ts";
import { RenderAborted, type Renderer, type RenderResult } from "./renderer.ts";

/** After this many attempts that did not find the original, an image fails. */
export const ATTEMPTS_MAX = 3;
/**
 * After this many tries that ended with their worker, an image fails. No other picture was rendered
 * during one, but a worker may be killed for other reasons too.
 */
export const LOST_TRIES_MAX = 2;

const LOST = { kind: "failed", failure: "unreadable" } as const satisfies RenderResult;
const TOO_COMPLEX = { kind: "failed", failure: "too_complex" } as const satisfies RenderResult;

/** What processing needs. */
export interface ProcessImageDependencies {
  readonly repository: ProcessingRepository;
  readonly blobs: BlobStore;
  readonly collector: BlobCollector;
  readonly renderer: Renderer;
  readonly clock: () => Date;
  /** Called if rendering took too long or ended its process, and will be tried again. */
  readonly observeAborted: (id: string, error: RenderAborted) => void;
  readonly observeMissing: ObserveMissingBytes;
}

/**
 * The outcome of processing; "gone" if the image was deleted meanwhile, or is processed already,
 * and "postponed" if another attempt has a turn and a job of its own.
 */
export type ProcessOutcome = "ready" | "failed" | "gone" | "postponed";

/** Processes an image; `attempt` counts from 1. Throws if another attempt may succeed. */
export type ProcessImage = (id: string, attempt: number) => Promise<ProcessOutcome>;

/** An attempt to render an image, counted from 1. */
interface Attempt {
  readonly id: string;
  readonly image: UnprocessedImage;
  readonly attempt: number;
}

/** The rules of processing. It is idempotent, so two workers may get the same job. */
export function createProcessImage(dependencies: ProcessImageDependencies): ProcessImage {
  const { repository, blobs, collector, renderer, clock, observeAborted } = dependencies;

  /**
   * The first attempt is among others, which may be what ended it. A later one is alone, also if
   * the one before ended with its worker, and decides.
   */
  async function render(path: string, { id, image, attempt }: Attempt) {
    const { size } = image;
    if (attempt > 1) return await renderAlone(path, { id, image });
    try {
      return await renderer.render(path, { size });
    } catch (error) {
      if (error instanceof RenderAborted) return error;
      throw error;
    }
  }

  async function renderAlone(
    path: string,
    { id, image: { size, lostTries } }: Pick<Attempt, "id" | "image">,
  ): Promise<RenderResult> {
    if (lostTries >= LOST_TRIES_MAX) return TOO_COMPLEX;
    try {
      return await renderer.render(path, { size, beginAlone: () => repository.beginTry(id) });
    } catch (error) {
      if (error instanceof RenderAborted) return TOO_COMPLEX;
      throw error;
    } finally {
      await repository.endTry(id);
    }
  }

  /** Renders the original, or finds that it is lost: then no later attempt would find it. */
  async function renderOriginal(attempted: Attempt): Promise<RenderResult | RenderAborted> {
    try {
      return await blobs.borrow(attempted.image.blobHash, (path) => render(path, attempted));
    } catch (error) {
      if (!(error instanceof BlobMissing) || attempted.attempt < ATTEMPTS_MAX) throw error;
      dependencies.observeMissing(attempted.id, error);
      return LOST;
    }
  }

  return async function processImage(id, attempt) {
    const image = await repository.startImage(id);
    if (image === undefined) return "gone";
    const result = await renderOriginal({ id, image, attempt });
    if (result instanceof RenderAborted) {
      observeAborted(id, result);
      return (await repository.postponeImage(id, attempt)) ? "postponed" : "gone";
    }
    if (result.kind === "failed") {
      await repository.failImage(id, { failure: result.failure, updateTime: clock() });
      return "failed";
    }
    await using stack = new AsyncDisposableStack();
    const staged: StagedBlob[] = [];
    const variants = [];
    for (const { bytes, ...variant } of result.variants) {
      const blob = stack.use(await blobs.stage());
      await blob.write(bytes);
      variants.push({
        ...variant,
        sizeBytes: bytes.length,
        blobHash: await blob.finish(undefined),
      });
      staged.push(blob);
    }
    const storeBytes = async () => {
      for (const blob of staged) await blob.commit();
    };
    const rendition = { ...result, variants };
    let isKept = false;
    try {
      isKept = await repository.completeImage(id, { rendition, updateTime: clock() }, storeBytes);
      return isKept ? "ready" : "gone";
    } finally {
      if (!isKept) await collector.collect(variants.map(({ blobHash }) => blobHash));
    }
  };
}
