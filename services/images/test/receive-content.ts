import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { StoreFault } from "./s3-faults.ts";
import { refuse } from "./s3-refusal.ts";

/** Received bytes, and their sha256 in base64. */
export interface ReceivedContent {
  readonly bytes: Buffer;
  readonly sha256: string;
}

/**
 * Receives the content of an object or part. Returns undefined if the connection was cut off, or if
 * the checksum is wrong, which it answers.
 */
export async function receiveContent(
  request: IncomingMessage,
  response: ServerResponse,
  fault: StoreFault | undefined,
): Promise<ReceivedContent | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    length += chunk.length;
    if (fault?.kind === "cut" && length > fault.afterBytes) {
      request.destroy();
      return undefined;
    }
  }
  const bytes = Buffer.concat(chunks);
  const sha256 = createHash("sha256").update(bytes).digest("base64");
  if (request.headers["x-amz-checksum-sha256"] === sha256) return { bytes, sha256 };
  refuse(response, 400, "BadDigest");
  return undefined;
}
