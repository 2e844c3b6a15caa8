import { createServer } from "node:http";
import pg from "pg";

// A roof: one named select by its key behind Node's own HTTP server.

const HOST = "127.0.0.1";
const CONNECTIONS_MAX = 10;
const { DATABASE_URL = "", PORT = "0" } = process.env;
const SELECT = { name: "image", text: "select * from images where id = $1" } as const;
const ID_START = "/v1/images/".length;
const ID_LENGTH = 36;

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: CONNECTIONS_MAX });

const server = createServer(({ url = "" }, response) => {
  const id = url.slice(ID_START, ID_START + ID_LENGTH);
  pool.query({ ...SELECT, values: [id] }).then(
    ({ rows }) => {
      const body = JSON.stringify(rows[0]);
      response.writeHead(200, {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(body),
      });
      response.end(body);
    },
    () => response.writeHead(500).end(),
  );
});
server.listen(Number(PORT), HOST);

const stop = () => {
  server.close(() => void pool.end());
  server.closeIdleConnections();
};
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
