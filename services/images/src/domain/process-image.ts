import type { BlobCollector } from "./blob-collector.ts";
import { BlobMissing, type BlobStore, type StagedBlob } from "./blob-store.ts";
import type { ObserveMissingBytes } from "./missing-bytes.ts";
import type { ProcessingRepository } from "./processing-repository.ts";
import { RenderAborted, type Renderer, type RenderResult } from "./renderer.ts";

/**
 * After this many attempts that took too long, ended the renderer, or did not find the original, an
 * image fails.
 */
export const ATTEMPTS_MAX = 3;

const LOST = { kind: "failed", failure: "unreadable" } as const satisfies RenderResult;
const TOO_EXPENSIVE = { kind: "failed", failure: "too_expensive" } as const satisfies RenderResult;

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

/** The rules of processing. It is idempotent, so two workers may get the same job. */
export function createProcessImage(dependencies: ProcessImageDependencies): ProcessImage {
  const { repository, blobs, collector, renderer, clock, observeAborted } = dependencies;

  async function render(path: string): Promise<RenderResult | RenderAborted> {
    try {
      return await renderer.render(path);
    } catch (error) {
      if (error instanceof RenderAborted) return error;
      throw error;
    }
  }

  /** Renders the original, or finds that it is lost: then no later attempt would find it. */
  async function renderOriginal(
    hash: string,
    { id, attempt }: { readonly id: string; readonly attempt: number },
  ): Promise<RenderResult | RenderAborted> {
    try {
      return await blobs.borrow(hash, render);
    } catch (error) {
      if (!(error instanceof BlobMissing) || attempt < ATTEMPTS_MAX) throw error;
      dependencies.observeMissing(id, error);
      return LOST;
    }
  }

  return async function processImage(id, attempt) {
    const hash = await repository.startImage(id);
    if (hash === undefined) return "gone";
    const rendered = await renderOriginal(hash, { id, attempt });
    const isAborted = rendered instanceof RenderAborted;
    if (isAborted && attempt < ATTEMPTS_MAX) {
      observeAborted(id, rendered);
      return (await repository.postponeImage(id, attempt)) ? "postponed" : "gone";
    }
    const result = isAborted ? TOO_EXPENSIVE : rendered;
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
