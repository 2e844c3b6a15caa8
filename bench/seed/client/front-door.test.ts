import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { FrontDoor, InDoubt } from "./front-door.ts";
import { retryAfterMs } from "./pause.ts";
import { Stopped } from "./stopped.ts";

let server: Server | undefined;
const requests: string[] = [];

async function doorTo(answer: RequestListener, stop = new AbortController().signal) {
  requests.length = 0;
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return new FrontDoor(`http://127.0.0.1:${port}`, stop);
}

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

const firstRefuses =
  (status: number): RequestListener =>
  (_request, response) => {
    if (requests.length === 1) response.writeHead(status, { "retry-after": "0" }).end();
    else response.writeHead(200, { "content-type": "application/json" }).end('{"id":"1"}');
  };

test.each([429, 503])("sends a read again after %d", async (status) => {
  const door = await doorTo(firstRefuses(status));
  const answer = await door.ask({ method: "GET", path: "/v1/images" });
  expect(answer).toMatchObject({ status: 200, json: { id: "1" } });
  expect(requests).toHaveLength(2);
});

test("sends a creation again that was limited, since nothing was created", async () => {
  const door = await doorTo(firstRefuses(429));
  expect(await door.ask({ method: "POST", path: "/v1/images" })).toMatchObject({ status: 200 });
});

test("does not send a creation again whose outcome is unknown", async () => {
  const refusing = await doorTo(firstRefuses(503));
  await expect(refusing.ask({ method: "POST", path: "/v1/images" })).rejects.toThrow(InDoubt);
  expect(requests).toHaveLength(1);
  server?.close();
  const losing = await doorTo((request) => request.socket.destroy());
  await expect(losing.ask({ method: "POST", path: "/v1/images" })).rejects.toThrow(InDoubt);
  expect(requests).toHaveLength(1);
});

test("stops while it waits to send a request again", async () => {
  const stopping = new AbortController();
  const door = await doorTo((_request, response) => {
    response.writeHead(503, { "retry-after": "3600" }).end(() => stopping.abort());
  }, stopping.signal);
  await expect(door.ask({ method: "GET", path: "/v1/images" })).rejects.toThrow(Stopped);
  expect(requests).toHaveLength(1);
});

test("reads both forms of Retry-After, and waits a minute at most", () => {
  expect(retryAfterMs("3")).toBe(3_000);
  expect(retryAfterMs(null)).toBe(1_000);
  expect(retryAfterMs("later")).toBe(1_000);
  expect(retryAfterMs("86400")).toBe(60_000);
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(retryAfterMs("Thu, 01 Jan 2026 00:00:05 GMT", now)).toBe(5_000);
});
