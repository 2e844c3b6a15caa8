/** Writes a sha256 in hex as S3 wants it, in base64. */
export function toS3Checksum(sha256: string): string {
  return Buffer.from(sha256, "hex").toString("base64");
}
