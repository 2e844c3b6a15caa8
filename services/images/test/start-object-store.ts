import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { S3Settings } from "#blobs/s3/s3-bucket.ts";
import { receiveContent } from "./receive-content.ts";
import type { FindStoreFault, StoreFault } from "./s3-faults.ts";
import { createMultipartUploads } from "./s3-multipart.ts";
import { refuse } from "./s3-refusal.ts";
import { findSignatureFault } from "./s3-signature.ts";

const BUCKET = "pictures";
const LIST_PAGE = 2;

/**
 * A fake bucket on this machine. It implements as much of S3 as the service uses, and verifies
 * signatures.
 */
export interface TestObjectStore extends AsyncDisposable {
  readonly settings: S3Settings;
  /** Every request, as `PUT ab/ab12… 200`: method, target as in a fault, status of the answer. */
  readonly requests: string[];
  /** The keys of all objects. */
  keys(): string[];
  /** Makes requests fail, until it is called again. */
  fail(findFault?: FindStoreFault): void;
  /** The keys of all uploads in parts that are neither completed nor aborted. */
  uploads(): string[];
  /** Makes every object, and every such upload, this much older. */
  age(ms: number): void;
  /** How many answers are being sent. */
  sending(): number;
  /** How many connections are open. */
  connections(): Promise<number>;
  clear(): void;
  /** Loses all but the first bytes of the object of a hash. */
  truncate(hash: string, length: number): void;
}

interface StoredObject {
  readonly bytes: Buffer;
  writtenMs: number;
}

/** Starts the store, with credentials for it. */
export async function startObjectStore(): Promise<TestObjectStore> {
  const objects = new Map<string, StoredObject>();
  const place = (key: string, bytes: Buffer) => {
    objects.set(key, { bytes, writtenMs: Date.now() });
  };
  const uploads = createMultipartUploads(place);
  const requests: string[] = [];
  let findFault: FindStoreFault = () => undefined;
  let sending = 0;

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const settings: S3Settings = {
    bucket: BUCKET,
    region: "here-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forcePathStyle: true,
    credentials: { accessKeyId: "TESTKEYID", secretAccessKey: "a key that no log may show" },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "" } = request;
    const url = new URL(request.url ?? "", settings.endpoint);
    const [, bucket, ...names] = url.pathname.split("/");
    const key = names.join("/");
    const parameters = url.searchParams;
    const target = key + parameterOf(parameters);
    response.once("close", () => requests.push(`${method} ${target} ${response.statusCode}`));
    const signatureFault = findSignatureFault(request, settings);
    if (signatureFault !== undefined) return refuse(response, 403, signatureFault);
    const fault = findFault(method, target);
    if (fault?.kind === "refuse") return refuse(response, fault.status, fault.code);
    if (fault?.kind === "hang") return;
    if (bucket !== BUCKET) return refuse(response, 404, "NoSuchBucket");
    if (target !== key) {
      return await uploads.answer({ request, response, key, parameters, fault });
    }
    if (method === "PUT") return await put(request, response, { key, fault });
    if (method === "DELETE") {
      objects.delete(key);
      response.writeHead(204).end();
      return;
    }
    if (key === "") return list(response, parameters.get("continuation-token") ?? "");
    await get(request, response, { key, fault });
  }

  async function put(request: IncomingMessage, response: ServerResponse, { key, fault }: Target) {
    const received = await receiveContent(request, response, fault);
    if (received === undefined) return;
    place(key, received.bytes);
    response.writeHead(200, { etag: '"1"' }).end();
  }

  async function get(request: IncomingMessage, response: ServerResponse, { key, fault }: Target) {
    const object = objects.get(key);
    if (object === undefined) return refuse(response, 404, "NoSuchKey");
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const isPart = range !== null && fault?.kind !== "whole";
    if (isPart && Number(range[1]) >= object.bytes.length) {
      return refuse(response, 416, "InvalidRange");
    }
    const bytes = isPart
      ? object.bytes.subarray(Number(range[1]), Number(range[2]) + 1)
      : object.bytes;
    const headers = {
      "content-length": bytes.length,
      "last-modified": new Date(object.writtenMs).toUTCString(),
    };
    response.writeHead(isPart ? 206 : 200, headers);
    if (request.method === "HEAD") return response.end();
    sending++;
    response.once("close", () => sending--);
    if (fault?.kind !== "cut" && fault?.kind !== "stall") return response.end(bytes);
    response.write(bytes.subarray(0, fault.afterBytes));
    if (fault.kind === "stall") return;
    await delay(50); // the written bytes must have left before the connection ends
    response.destroy();
  }

  function list(response: ServerResponse, after: string): void {
    const keys = [...objects.keys()].sort().filter((key) => key > after);
    const page = keys.slice(0, LIST_PAGE);
    const contents = page.map((key) => {
      const time = new Date(objects.get(key)?.writtenMs ?? 0).toISOString();
      return `<Contents><Key>${key}</Key><LastModified>${time}</LastModified></Contents>`;
    });
    const isTruncated = keys.length > page.length;
    const token = isTruncated
      ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>`
      : "";
    const body = `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${token}${contents.join("")}</ListBucketResult>`;
    response.writeHead(200, { "content-type": "application/xml" }).end(body);
  }

  return {
    settings,
    requests,
    keys: () => [...objects.keys()],
    uploads: uploads.keys,
    fail(find = () => undefined) {
      findFault = find;
    },
    age(ms) {
      for (const object of objects.values()) object.writtenMs -= ms;
      uploads.age(ms);
    },
    sending: () => sending,
    connections: () => promisify(server.getConnections.bind(server))(),
    clear() {
      objects.clear();
      uploads.clear();
    },
    truncate(hash, length) {
      const key = `${hash.slice(0, 2)}/${hash}`;
      place(key, objects.get(key)?.bytes.subarray(0, length) ?? Buffer.alloc(0));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface Target {
  readonly key: string;
  readonly fault: StoreFault | undefined;
}

/** The parameters that mark a request as a step of an upload in parts. */
function parameterOf(parameters: URLSearchParams): string {
  const number = parameters.get("partNumber");
  if (number !== null) return `?partNumber=${number}`;
  return ["uploads", "uploadId"]
    .filter((name) => parameters.has(name))
    .map((name) => `?${name}`)
    .join("");
}
