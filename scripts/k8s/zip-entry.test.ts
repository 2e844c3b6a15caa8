import { crc32, deflateRawSync } from "node:zlib";
import { findZipEntry } from "#k8s/zip-entry.ts";

/** An archive of one file, whose directory has the given values instead of the true ones. */
function archiveOf(content: string, told: { readonly crc?: number; readonly bytes?: number } = {}) {
  const packed = deflateRawSync(content);
  const name = Buffer.from("kubectl/kubectl");
  const local = Buffer.alloc(30);
  local.writeUInt16LE(name.length, 26);
  const directory = Buffer.alloc(46);
  directory.writeUInt32LE(0x02014b50, 0);
  directory.writeUInt32LE(told.crc ?? crc32(content), 16);
  directory.writeUInt32LE(packed.length, 20);
  directory.writeUInt32LE(told.bytes ?? content.length, 24);
  directory.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  return Buffer.concat([local, name, packed, directory, name, end]);
}

describe("a file of a zip archive", () => {
  test("is unpacked", () => {
    const entry = findZipEntry(archiveOf("a program"), "kubectl/kubectl");
    expect(entry.unpack().toString()).toBe("a program");
  });

  test("is refused if it is not what the directory says", () => {
    const altered = findZipEntry(archiveOf("a program", { crc: 1 }), "kubectl/kubectl");
    expect(() => altered.unpack()).toThrow("damaged");
    const longer = findZipEntry(archiveOf("a program", { bytes: 5 }), "kubectl/kubectl");
    expect(() => longer.unpack()).toThrow();
  });

  test("is missed, and so is an archive", () => {
    expect(() => findZipEntry(archiveOf("a program"), "kubectl")).toThrow("has no kubectl");
    expect(() => findZipEntry(Buffer.alloc(100), "kubectl")).toThrow("no zip archive");
  });
});
