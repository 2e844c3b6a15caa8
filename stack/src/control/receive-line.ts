import type { Socket } from "node:net";

const NEWLINE = 0x0a;

/**
 * Receives the first line of a connection, without its end. Resolves with undefined if the
 * connection ends before, or if the line is longer than `bytesMax`. What follows the line is
 * ignored.
 */
export function receiveLine(socket: Socket, bytesMax: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (line?: Buffer) => {
      socket.off("data", collect).pause();
      resolve(line);
    };
    const collect = (chunk: Buffer) => {
      const end = chunk.indexOf(NEWLINE);
      const part = end < 0 ? chunk : chunk.subarray(0, end);
      bytes += part.length;
      if (bytes > bytesMax) return finish();
      chunks.push(part);
      if (end >= 0) finish(Buffer.concat(chunks));
    };
    socket
      .on("data", collect)
      .once("end", () => finish())
      .once("close", () => finish());
  });
}
