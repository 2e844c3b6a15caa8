import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { S3Settings } from "#blobs/s3-client.ts";
import { findSignatureFault } from "./s3-signature.ts";

const BUCKET = "pictures";
const LIST_PAGE = 2;

/** What goes wrong with a request. */
export type StoreFault =
  | { readonly kind: "refuse"; readonly status: number; readonly code: string }
  /** Reads no body, and never answers. */
  | { readonly kind: "hang" }
  /** Ends the connection after so many bytes of the body, either way. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** Sends so many bytes of an object, and then no more. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** Sends all of an object, whatever part was asked for. */
  | { readonly kind: "whole" };

/** Says what goes wrong with a request: `PUT`, and an object's key, or "" for a listing. */
export type FindStoreFault = (method: string, key: string) => StoreFault | undefined;

/** A bucket on this machine that speaks as much of S3 as the service uses, and verifies signatures. */
export interface TestObjectStore extends AsyncDisposable {
  readonly settings: S3Settings;
  /** Every request that came, as `PUT ab/ab12…`, with the answer's status. */
  readonly requests: string[];
  /** The keys of all objects. */
  keys(): string[];
  /** Lets requests fail, until it is called again. */
  fail(findFault?: FindStoreFault): void;
  /** Makes every object so much older. */
  age(ms: number): void;
  /** How many answers are being sent. */
  sending(): number;
  /** How many connections are open. */
  connections(): Promise<number>;
  clear(): void;
}

interface StoredObject {
  readonly bytes: Buffer;
  writtenMs: number;
}

/** Starts the store, with credentials that belong to it. */
export async function startObjectStore(): Promise<TestObjectStore> {
  const objects = new Map<string, StoredObject>();
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
    response.once("close", () => requests.push(`${method} ${key} ${response.statusCode}`));
    const signatureFault = findSignatureFault(request, settings);
    if (signatureFault !== undefined) return refuse(response, 403, signatureFault);
    const fault = findFault(method, key);
    if (fault?.kind === "refuse") return refuse(response, fault.status, fault.code);
    if (fault?.kind === "hang") return;
    if (bucket !== BUCKET) return refuse(response, 404, "NoSuchBucket");
    if (method === "PUT") return await put(request, response, { key, fault });
    if (method === "DELETE") {
      objects.delete(key);
      response.writeHead(204).end();
      return;
    }
    if (key === "") return list(response, url.searchParams.get("continuation-token") ?? "");
    await get(request, response, { key, fault });
  }

  async function put(request: IncomingMessage, response: ServerResponse, { key, fault }: Target) {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of request) {
      chunks.push(chunk);
      length += chunk.length;
      if (fault?.kind === "cut" && length > fault.afterBytes) {
        request.destroy();
        return;
      }
    }
    const bytes = Buffer.concat(chunks);
    const sha256 = createHash("sha256").update(bytes).digest("base64");
    if (request.headers["x-amz-checksum-sha256"] !== sha256) {
      return refuse(response, 400, "BadDigest");
    }
    objects.set(key, { bytes, writtenMs: Date.now() });
    response.writeHead(200, { etag: '"1"' }).end();
  }

  async function get(request: IncomingMessage, response: ServerResponse, { key, fault }: Target) {
    const object = objects.get(key);
    if (object === undefined) return refuse(response, 404, "NoSuchKey");
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const isPart = range !== null && fault?.kind !== "whole";
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
    await delay(50); // what was written must have left before the connection ends
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
    fail(find = () => undefined) {
      findFault = find;
    },
    age(ms) {
      for (const object of objects.values()) object.writtenMs -= ms;
    },
    sending: () => sending,
    connections: () => promisify(server.getConnections.bind(server))(),
    clear: () => objects.clear(),
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

/** As S3 does, with what must not reach a log. */
function refuse(response: ServerResponse, status: number, code: string): void {
  const body = `<Error><Code>${code}</Code><Message>${code}</Message><AWSAccessKeyId>TESTKEYID</AWSAccessKeyId></Error>`;
  const headers = { "content-type": "application/xml", "x-amz-request-id": "R1" };
  response.writeHead(status, headers).end(body);
}
