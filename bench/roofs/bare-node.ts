import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

// A roof: Node's own HTTP server with buffers that are ready.

const HOST = "127.0.0.1";
const { BODY = "", THUMB_FILE = "", PORT = "0" } = process.env;
const body = Buffer.from(BODY);
const thumb = await readFile(THUMB_FILE);
const ofBody = {
  "content-type": "application/json; charset=utf-8",
  "content-length": body.length,
};
const ofThumb = { "content-type": "image/webp", "content-length": thumb.length };

const server = createServer(({ url = "" }, response) => {
  if (url.includes("/content")) response.writeHead(200, ofThumb).end(thumb);
  else response.writeHead(200, ofBody).end(body);
});
server.listen(Number(PORT), HOST);

const stop = () => {
  server.close();
  server.closeIdleConnections();
};
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
