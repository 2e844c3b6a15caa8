import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 40;
const ANSWER_MS_MAX = 1_000;

/** Returns when the url answers 200. Throws the signal's reason once it fires. */
export async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  while (!(await answersOk(new URL(url)))) await delay(POLL_MS, undefined, { signal });
}

/** Speaks HTTP by hand, since loading `node:http` costs the supervisor 14 MB for this one question. */
function answersOk({ hostname: host, port, pathname }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) }, () => {
      socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    socket.setTimeout(ANSWER_MS_MAX, () => socket.destroy());
    socket.once("data", (chunk: Buffer) => {
      resolve(chunk.toString("latin1").startsWith("HTTP/1.1 200 "));
      socket.destroy();
    });
    socket.on("error", () => {}); // it does not listen yet
    socket.on("close", () => resolve(false));
  });
}
