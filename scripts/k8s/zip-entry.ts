import { crc32, inflateRawSync } from "node:zlib";

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const DIRECTORY_SIGNATURE = 0x02014b50;
const DIRECTORY_BYTES = 46;
const LOCAL_BYTES = 30;

/** A file of an archive, as the archive's directory describes it. */
export interface ZipEntry {
  readonly crc: number;
  readonly bytes: number;
  /** Unpacks the file. Throws if it differs from the directory's description. */
  readonly unpack: () => Buffer;
}

/** Finds a file in a zip archive. Throws if it is not an archive, or has no such file. */
export function findZipEntry(archive: Buffer, name: string): ZipEntry {
  const end = archive.length - END_BYTES;
  if (end < 0 || archive.readUInt32LE(end) !== END_SIGNATURE) {
    throw new Error("this is no zip archive, or it ends in a comment");
  }
  const entries = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  for (let entry = 0; entry < entries; entry += 1) {
    if (archive.readUInt32LE(at) !== DIRECTORY_SIGNATURE) throw new Error("the zip is damaged");
    const nameBytes = archive.readUInt16LE(at + 28);
    const extraBytes = archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    const found = archive.toString("utf8", at + DIRECTORY_BYTES, at + DIRECTORY_BYTES + nameBytes);
    if (found === name) return entryAt(archive, at);
    at += DIRECTORY_BYTES + nameBytes + extraBytes;
  }
  throw new Error(`the zip has no ${name}`);
}

function entryAt(archive: Buffer, at: number): ZipEntry {
  const crc = archive.readUInt32LE(at + 16);
  const packedBytes = archive.readUInt32LE(at + 20);
  const bytes = archive.readUInt32LE(at + 24);
  const local = archive.readUInt32LE(at + 42);
  return {
    crc,
    bytes,
    unpack() {
      const start =
        local + LOCAL_BYTES + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const packed = archive.subarray(start, start + packedBytes);
      const file = inflateRawSync(packed, { maxOutputLength: bytes });
      if (file.length !== bytes || crc32(file) !== crc) throw new Error("the zip is damaged");
      return file;
    },
  };
}
