import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { S3Settings } from "#blobs/s3/s3-bucket.ts";

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/((\d{8})\/([^/]+)\/s3\/aws4_request), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/**
 * Returns S3's code for a request without a correct signature of version 4 (AWS, "Create a signed
 * request"); undefined if it is correct.
 */
export function findSignatureFault(
  request: IncomingMessage,
  { credentials, region }: S3Settings,
): string | undefined {
  const parts = AUTHORIZATION.exec(request.headers.authorization ?? "");
  if (parts === null) return "AccessDenied";
  const [, keyId, scope = "", date = "", signedRegion, signedHeaders = "", signature] = parts;
  if (credentials === undefined || keyId !== credentials.accessKeyId) return "InvalidAccessKeyId";
  if (signedRegion !== region) return "AuthorizationHeaderMalformed";
  const text = [
    "AWS4-HMAC-SHA256",
    request.headers["x-amz-date"],
    scope,
    createHash("sha256").update(canonicalRequest(request, signedHeaders)).digest("hex"),
  ].join("\n");
  const key = [date, region, "s3", "aws4_request"].reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${credentials.secretAccessKey}`,
  );
  const expected = createHmac("sha256", key).update(text).digest("hex");
  return signature === expected ? undefined : "SignatureDoesNotMatch";
}

function canonicalRequest(request: IncomingMessage, signedHeaders: string): string {
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const headers = signedHeaders.split(";").map((name) => {
    return `${name}:${String(request.headers[name] ?? "").trim()}\n`;
  });
  return [
    request.method,
    path,
    query.split("&").sort().join("&"),
    headers.join(""),
    signedHeaders,
    request.headers["x-amz-content-sha256"],
  ].join("\n");
}
