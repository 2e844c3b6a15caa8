import type { IncomingHttpHeaders } from "node:http";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import type { ExtraCallBudget } from "@triptych/chassis/rpc/client/second-try";
import type {
  ByteRange,
  ContentHeader,
  DownloadImageResponse,
} from "@triptych/protos/images/v1/image_service_pb";
import type { Clients } from "#clients/clients.ts";
import { VARIANT_NAMES } from "#compose/image-view.ts";
import { hasPrecondition, mayBePart } from "#conditions/read-condition.ts";
import type { Variant } from "#schemas/images.ts";
import { parseByteRange } from "./byte-range.ts";
import { type Download, resumeDownload } from "./resume-download.ts";

/** A download that has begun: its header has come. */
export interface OpenContent {
  readonly header: ContentHeader;
  /** Whether it is a range of the bytes. */
  readonly isPart: boolean;
  chunks(): AsyncGenerator<Uint8Array>;
  /** Cancels it. */
  close(): Promise<void>;
}

/** The bytes to download. */
export interface ContentChoice {
  readonly id: string;
  readonly variant: Variant["name"];
}

/** A download of the whole, or of a range. */
interface RangeChoice extends ContentChoice {
  readonly range?: Pick<ByteRange, "first" | "last"> | undefined;
}

/** The request for a download. */
export interface ContentRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly context: CallContext;
  /** The budget of the gateway for downloads that are asked for again. */
  readonly resumes: ExtraCallBudget;
}

/** Returns the entity tag of bytes. */
export function contentTag({ version }: ContentHeader): string {
  return `"${version}"`;
}

/**
 * Begins a download: of the requested range, if the preconditions allow one, or else of the whole.
 * A range is for GET (RFC 9110, 14.2). It comes last, so that a precondition that fails is answered
 * rather than a range that can't be satisfied.
 */
export async function openContent(
  images: Clients["images"],
  choice: ContentChoice,
  { method, headers, ...own }: ContentRequest,
): Promise<OpenContent> {
  const range = method === "GET" ? parseByteRange(headers.range) : undefined;
  if (range === undefined || !hasPrecondition(headers)) {
    return download(images, { ...choice, range }, own);
  }
  const whole = await download(images, choice, own);
  if (!mayBePart(headers, contentTag(whole.header))) return whole;
  await whole.close();
  return download(images, { ...choice, range }, own);
}

async function download(
  images: Clients["images"],
  choice: RangeChoice,
  { context, resumes }: Pick<ContentRequest, "context" | "resumes">,
): Promise<OpenContent> {
  resumes.earn();
  const begun = await begin(images, choice, context);
  const { header, responses } = begun;
  const last = header.first + header.length - 1;
  return {
    header,
    isPart: choice.range !== undefined,
    async close() {
      await responses.return?.();
    },
    chunks: () =>
      resumeDownload(begun, {
        reopen: (first) => begin(images, { ...choice, range: { first, last } }, context),
        signal: context.signal,
        budget: resumes,
      }),
  };
}

async function begin(
  images: Clients["images"],
  { id, variant, range }: RangeChoice,
  context: CallContext,
): Promise<Download> {
  const request = { id, variant: VARIANT_NAMES[variant], range };
  const responses = images.downloadImage(request, context)[Symbol.asyncIterator]();
  const { value } = await responses.next();
  return { header: headerOf(value), responses };
}

function headerOf(response: DownloadImageResponse | undefined): ContentHeader {
  if (response?.part.case === "header") return response.part.value;
  throw new Error("a download begins with its header");
}
