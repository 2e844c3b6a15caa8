import { connect } from "node:net";

/** A raw answer, taken apart. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends bytes to a port, and returns the first answer once the connection is closed. */
export async function rawAnswer(port: number, text: string): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });
  socket.on("error", reject);
  socket.on("close", () => resolve(answer));
  const [head = "", ...body] = (await promise).split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line) => line.split(/: ?(.*)/, 2) as [string, string]);
  return {
    status: Number(first.split(" ")[1]),
    headers: new Headers(headers),
    body: body.join("\r\n\r\n"),
  };
}
