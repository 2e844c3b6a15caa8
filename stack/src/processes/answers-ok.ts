import { connect } from "node:net";

const ANSWER_MS_MAX = 1_000;

/**
 * Tells whether a request without a body is answered by 200 within a second. Speaks HTTP by hand,
 * since loading `node:http` costs the supervisor 14 MB for these questions.
 */
export function answersOk(method: "GET" | "PUT" | "DELETE", url: URL): Promise<boolean> {
  const { hostname: host, port, pathname } = url;
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) }, () => {
      socket.write(`${method} ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    socket.setTimeout(ANSWER_MS_MAX, () => socket.destroy());
    socket.once("data", (chunk: Buffer) => {
      resolve(chunk.toString("latin1").startsWith("HTTP/1.1 200 "));
      socket.destroy();
    });
    socket.on("error", () => {}); // it does not listen
    socket.on("close", () => resolve(false));
  });
}
