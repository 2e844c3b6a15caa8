import { SECURITY_HEADERS } from "#http/answer-headers.ts";
import { ADA, IMAGE, userMessage } from "./fake-services.ts";
import { type RawAnswer, rawAnswer } from "./raw-answer.ts";
import { startTestGateway, type TestGateway } from "./test-gateway.ts";

const PAGE = "https://app.example";
const EVIL = "https://evil.example";
const USERS = { getUser: async ({ id }: { id: string }) => userMessage(id) };

/** Requests from a page, and the statuses of their answers. */
const REQUESTS: [expected: number, path: string, init: RequestInit][] = [
  [200, `/v1/users/${ADA}`, {}],
  [200, "/healthz", {}],
  [200, "/docs/", {}],
  [304, `/v1/users/${ADA}`, { headers: { "if-none-match": "*" } }],
  [400, "/v1/images?pageSize=x", {}],
  [400, "/v1/images/%zz", {}],
  [400, "/v1/images/%zz", { method: "POST", body: "x".repeat(100_000) }],
  [401, "/v1/users/me", {}],
  [404, "/nothing", {}],
  [405, "/v1/users/me", { method: "DELETE" }],
  [405, "/v1/users/me", { method: "OPTIONS" }],
  [406, "/v1/images", { headers: { accept: "text/html" } }],
  [413, "/v1/sessions", { method: "POST", body: "x".repeat(100_000), headers: json() }],
  [414, `/v1/images/${"y".repeat(400)}`, {}],
  [414, `/v1/images?x=${"y".repeat(9_000)}`, {}],
  [415, "/v1/sessions", { method: "POST", body: "<a/>" }],
  [500, `/v1/images/${IMAGE}`, {}],
];

/** Requests as bytes, of which most never become one, and the statuses of their answers. */
const BYTES: [name: string, expected: number, text: string][] = [
  ["no HTTP", 400, `HELO there\r\norigin: ${PAGE}\r\n\r\n`],
  ["raw bytes in a URL", 400, `GET /\xff HTTP/1.1\r\nhost: a\r\norigin: ${PAGE}\r\n\r\n`],
  ["too many headers", 431, get("/", `origin: ${PAGE}\r\nx: ${"y".repeat(20_000)}`)],
  ["a body whose chunks are not HTTP", 400, chunked("zz\r\n")],
  ["no Host", 400, `GET /healthz HTTP/1.1\r\norigin: ${PAGE}\r\nconnection: close\r\n\r\n`],
  ["two Hosts", 400, get("/healthz", `host: b\r\norigin: ${PAGE}\r\nconnection: close`)],
  ["HTTP/0.9 with headers", 400, `GET /healthz HTTP/0.9\r\norigin: ${PAGE}\r\n\r\n`],
  ["HTTP/2 in HTTP/1's clothes", 400, `GET /healthz HTTP/2.0\r\norigin: ${PAGE}\r\n\r\n`],
  ["HTTP/1.0", 200, `GET /healthz HTTP/1.0\r\norigin: ${PAGE}\r\n\r\n`],
  ["an unknown Expect", 200, get("/healthz", `expect: x\r\norigin: ${PAGE}\r\nconnection: close`)],
];

function json() {
  return { "content-type": "application/json" };
}
function get(path: string, headers: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: a\r\n${headers}\r\n\r\n`;
}
function chunked(body: string): string {
  const head = `POST /v1/sessions HTTP/1.1\r\nhost: a\r\norigin: ${PAGE}`;
  return `${head}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${body}`;
}

type Answered = Pick<RawAnswer, "headers">;

function expectSecurityHeaders({ headers }: Answered): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    // The page of the documentation has a policy of its own.
    if (!headers.get("content-type")?.includes("html")) expect(headers.get(name)).toBe(value);
  }
  expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
}

describe.each([
  ["one origin", [PAGE], PAGE],
  ["several origins", ["https://other.example", PAGE], PAGE],
  ["every origin", ["*"], "*"],
])("a gateway with CORS for %s", (_, corsOrigins, allowed) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ users: USERS }, { configuration: { corsOrigins } });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  function expectCors({ headers }: Answered): void {
    expect(headers.get("access-control-allow-origin")).toBe(allowed);
    expect(headers.get("access-control-expose-headers")).toContain("x-request-id");
    expect(headers.get("vary") ?? "*").toBe(allowed === "*" ? "*" : "origin");
  }
  const ask = (origin: string, path: string, init: RequestInit = {}) =>
    gateway.fetch(path, { ...init, headers: { ...init.headers, origin } });

  test.each(REQUESTS)("sends its headers with %d (case %#)", async (expected, path, init) => {
    const response = await ask(PAGE, path, init);
    expect(response.status).toBe(expected);
    expectCors(response);
    expectSecurityHeaders(response);
    await response.text();
  });

  test.each(BYTES)("sends its headers in the answer to %s", async (_name, expected, text) => {
    const answer = await rawAnswer(gateway.port, text);
    expect(answer.status).toBe(expected);
    expectCors(answer);
    expectSecurityHeaders(answer);
    if (expected !== 200) {
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
    }
  });

  test.each([`/v1/users/${ADA}`, "/nothing", "/v1/images/%zz", `/v1/images/${"y".repeat(400)}`])(
    "lets a page send its request (case %#), so that it can read the answer",
    async (path) => {
      const headers = { "access-control-request-method": "PATCH" };
      const response = await ask(PAGE, path, { method: "OPTIONS", headers });
      expect(response.status).toBe(204);
      expectCors(response);
      expect(response.headers.get("access-control-allow-methods")).toContain("PATCH");
      expect(response.headers.get("access-control-allow-headers")).toContain("x-explain");
    },
  );

  test("sends its headers while it drains", async () => {
    await using draining = await startTestGateway(
      { users: USERS },
      { configuration: { corsOrigins } },
    );
    draining.gateway.drain();
    const response = await draining.fetch("/readyz", { headers: { origin: PAGE } });
    expect(response.status).toBe(503);
    expectCors(response);
  });

  test("allows no other origin", async () => {
    const headers = { "access-control-request-method": "PATCH" };
    for (const init of [{}, { method: "OPTIONS", headers }]) {
      const response = await ask(EVIL, `/v1/users/${ADA}`, init);
      const origin = response.headers.get("access-control-allow-origin");
      expect(origin).toBe(allowed === "*" ? "*" : null);
    }
  });
});

describe("a gateway without CORS", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ users: USERS });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test.each(REQUESTS)("has security headers only with %d (case %#)", async (_, path, init) => {
    const headers = { ...init.headers, origin: PAGE };
    const response = await gateway.fetch(path, { ...init, headers });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(response.headers.get("vary")).toBeNull();
    expectSecurityHeaders(response);
    await response.text();
  });

  test("refuses HTTP/0.9, a request line without a version, and closes the connection", async () => {
    const answer = await rawAnswer(gateway.port, "GET /healthz\r\n\r\n");
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('"code":"BAD_REQUEST"');
    expectSecurityHeaders(answer);
  });
});
