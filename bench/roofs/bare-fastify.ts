import { readFile } from "node:fs/promises";
import Fastify from "fastify";

// A roof: one fastify route with a body that is ready, and nothing around it.

const HOST = "127.0.0.1";
const { BODY = "", THUMB_FILE = "", PORT = "0" } = process.env;
const thumb = await readFile(THUMB_FILE);

const server = Fastify({ logger: false });
server.get("/v1/images/:id", (_request, reply) => {
  reply.type("application/json; charset=utf-8").send(BODY);
});
server.get("/v1/images/:id/content", (_request, reply) => {
  reply.type("image/webp").send(thumb);
});
await server.listen({ host: HOST, port: Number(PORT) });

const stop = () => {
  server.server.closeIdleConnections();
  void server.close();
};
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
