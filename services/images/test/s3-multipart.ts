import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { receiveContent } from "./receive-content.ts";
import type { StoreFault } from "./s3-faults.ts";
import { errorBody, refuse } from "./s3-refusal.ts";

const PART_BYTES_MIN = 5 * 1024 * 1024;
const LIST_PAGE = 2;

/** A request of an upload in parts. */
export interface MultipartRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly key: string;
  readonly parameters: URLSearchParams;
  readonly fault: StoreFault | undefined;
}

/** The uploads in parts of a bucket. */
export interface MultipartUploads {
  /**
   * Answers a request of an upload in parts. Must be called if a parameter marks the request as
   * one.
   */
  answer(request: MultipartRequest): Promise<void>;
  /** The keys of uploads that are neither completed nor aborted. */
  keys(): string[];
  /** Makes all uploads this much older. */
  age(ms: number): void;
  clear(): void;
}

interface Part {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly sha256: string;
}

interface Upload {
  readonly id: string;
  readonly key: string;
  readonly parts: Map<number, Part>;
  begunMs: number;
}

/** Stores parts until their completion, for which it calls `place`. */
export function createMultipartUploads(
  place: (key: string, bytes: Buffer) => void,
): MultipartUploads {
  const uploads = new Map<string, Upload>();

  function begin({ request, response, key }: MultipartRequest): void {
    if (request.headers["x-amz-checksum-algorithm"] !== "SHA256") {
      refuse(response, 400, "InvalidRequest");
      return;
    }
    const id = randomUUID();
    uploads.set(id, { id, key, parts: new Map(), begunMs: Date.now() });
    const body = `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`;
    response.writeHead(200, { "content-type": "application/xml" }).end(body);
  }

  async function take(upload: Upload, { request, response, parameters, fault }: MultipartRequest) {
    const received = await receiveContent(request, response, fault);
    if (received === undefined) return;
    const etag = `"${createHash("md5").update(received.bytes).digest("hex")}"`;
    upload.parts.set(Number(parameters.get("partNumber")), { ...received, etag });
    response.writeHead(200, { etag }).end();
  }

  async function complete(upload: Upload, { request, response, fault }: MultipartRequest) {
    const named = await text(request);
    if (fault?.kind === "late") {
      response.writeHead(200, { "content-type": "application/xml" });
      // white space keeps the connection while S3 works
      response.end(`   ${errorBody(fault.code)}`);
      return;
    }
    const found = findParts(upload, named);
    if (typeof found === "string") return refuse(response, 400, found);
    place(upload.key, Buffer.concat(found.map(({ bytes }) => bytes)));
    uploads.delete(upload.id);
    if (fault?.kind === "mute") {
      response.destroy();
      return;
    }
    const body = `<CompleteMultipartUploadResult><Key>${upload.key}</Key></CompleteMultipartUploadResult>`;
    response.writeHead(200, { "content-type": "application/xml" }).end(body);
  }

  function list({ response, parameters }: MultipartRequest): void {
    const afterKey = parameters.get("key-marker") ?? "";
    const afterId = parameters.get("upload-id-marker") ?? "";
    const all = [...uploads.values()]
      .sort((one, other) => compare(one.key, other.key) || compare(one.id, other.id))
      .filter(({ key, id }) => key > afterKey || (key === afterKey && id > afterId));
    const page = all.slice(0, LIST_PAGE);
    const entries = page.map(({ key, id, begunMs }) => {
      const time = new Date(begunMs).toISOString();
      return `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${time}</Initiated></Upload>`;
    });
    const last = page.at(-1);
    const markers = `<NextKeyMarker>${last?.key ?? ""}</NextKeyMarker><NextUploadIdMarker>${last?.id ?? ""}</NextUploadIdMarker>`;
    const body = `<ListMultipartUploadsResult><IsTruncated>${all.length > page.length}</IsTruncated>${markers}${entries.join("")}</ListMultipartUploadsResult>`;
    response.writeHead(200, { "content-type": "application/xml" }).end(body);
  }

  return {
    async answer(multipart) {
      const { request, response, key, parameters } = multipart;
      if (request.method === "GET") return list(multipart);
      if (parameters.has("uploads")) return begin(multipart);
      const upload = uploads.get(parameters.get("uploadId") ?? "");
      if (upload?.key !== key) return refuse(response, 404, "NoSuchUpload");
      if (request.method === "PUT") return await take(upload, multipart);
      if (request.method === "POST") return await complete(upload, multipart);
      uploads.delete(upload.id);
      response.writeHead(204).end();
    },
    keys: () => [...uploads.values()].map(({ key }) => key),
    age(ms) {
      for (const upload of uploads.values()) upload.begunMs -= ms;
    },
    clear: () => uploads.clear(),
  };
}

/** Returns the parts that a completion names, or the code of its error. */
function findParts({ parts }: Upload, named: string): readonly Part[] | string {
  const found: Part[] = [];
  let before = 0;
  for (const [xml] of named.matchAll(/<Part>.*?<\/Part>/g)) {
    const read = (tag: string) => new RegExp(`<${tag}>(.*?)</${tag}>`).exec(xml)?.[1];
    const number = Number(read("PartNumber"));
    const part = parts.get(number);
    if (number <= before) return "InvalidPartOrder";
    if (part === undefined || part.sha256 !== read("ChecksumSHA256")) return "InvalidPart";
    if (part.etag !== read("ETag")?.replaceAll("&quot;", '"')) return "InvalidPart";
    found.push(part);
    before = number;
  }
  if (found.length === 0) return "MalformedXML";
  const isSmall = found.slice(0, -1).some(({ bytes }) => bytes.length < PART_BYTES_MIN);
  return isSmall ? "EntityTooSmall" : found;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
