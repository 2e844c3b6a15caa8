import { connect } from "node:net";

const ANSWER_MS_MAX = 1_000;

/**
 * Whether a request without a body gets a 200 within a second. Speaks HTTP by hand, because loading
 * `node:http` for these requests costs the supervisor 14 MB.
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
    socket.on("error", () => {}); // nothing listens there
    socket.on("close", () => resolve(false));
  });
}
