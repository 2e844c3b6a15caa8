import type { Answer } from "#src/api.ts";
import { connectTo } from "#src/connect-to.ts";
import { newPerson } from "#src/person.ts";
import { readyImage } from "#src/pictures.ts";
import type { SystemUnderTest } from "./system-under-test.ts";

const NOT_IDS = ["1", "null", "%00", "..%2f..", "0199d3a0-0000-7000-8000-00000000000g", "%ff"];
const RAW_MS_MAX = 10_000;

/**
 * Hostile input: the answer to any input is a problem that says what is wrong. It is never a 500,
 * and never contains a stack trace.
 */
export function hostileInput(system: SystemUnderTest): void {
  const expectProblem = (answer: Answer, what: string) => {
    expect([what, answer.status >= 400 && answer.status < 500]).toEqual([what, true]);
    expect([what, answer.headers.get("content-type")]).toEqual([
      what,
      expect.stringContaining("application/problem+json"),
    ]);
    const { type, title, status, detail, instance, code } = answer.json;
    expect([what, type, title, status, detail, instance, code]).toEqual([
      what,
      expect.any(String),
      expect.any(String),
      answer.status,
      expect.any(String),
      answer.headers.get("x-request-id"),
      expect.stringMatching(/^[A-Z][A-Z_]+$/),
    ]);
    expect(answer.bytes.toString()).not.toMatch(/node_modules|at [A-Z]\w+\.|select |127\.0\.0\.1/);
  };

  describe("hostile input", () => {
    test("invalid ids are refused, and named", async () => {
      const { token } = await newPerson(system.api);
      for (const id of NOT_IDS) {
        for (const path of [`/v1/users/${id}`, `/v1/images/${id}`, `/v1/comments/${id}/replies`]) {
          expectProblem(await system.api.get(path, token), path);
        }
      }
    });

    test("bodies that are not JSON, or of a wrong shape, are refused", async () => {
      const { token } = await newPerson(system.api);
      const bodies: unknown[] = [
        "{",
        "",
        "null",
        "[]",
        "7",
        "[".repeat(20_000),
        { displayName: 7 },
        { displayName: null },
        { displayName: ["x"] },
        { displayName: "a\0b" },
        { unknown: true },
        { __proto__: { admin: true }, constructor: 1 },
        '{"__proto__":{"admin":true}}',
        '{"displayName":"\\ud800"}',
        { bio: "x".repeat(60_000) },
        { bio: "x".repeat(10_000_000) },
      ];
      for (const body of bodies) {
        const answer = await system.api.request("PATCH", "/v1/users/me", { token, body });
        expectProblem(answer, JSON.stringify(body).slice(0, 60));
      }
    });

    test("page tokens of another list, or invented ones, are refused and named", async () => {
      const { token } = await newPerson(system.api);
      const first = await readyImage(system.api, token);
      await readyImage(system.api, token);
      const page = await system.api.get("/v1/images?pageSize=1", token);
      const foreign = page.json.nextPageToken;
      expect(foreign).toEqual(expect.any(String));
      for (const pageToken of [foreign, "made-up", "%00", "x".repeat(3_000), "AAAA"]) {
        const path = `/v1/images/${first.id}/comments?pageToken=${pageToken}`;
        const answer = await system.api.get(path, token);
        expectProblem(answer, path.slice(0, 80));
        expect(answer.json.errors).toMatchObject([{ field: "pageToken" }]);
      }
    });

    test("query parameters of a wrong type are refused, and unknown ones ignored", async () => {
      for (const query of ["pageSize=x", "pageSize=0", "pageSize=1&pageSize=2", "owner=7"]) {
        expectProblem(await system.api.get(`/v1/images?${query}`), query);
      }
      expect((await system.api.get("/v1/images?utm_source=x&pageSize=5000")).status).toBe(200);
    });

    test("unknown paths, methods and media types are refused, each with its own status", async () => {
      const cases: [string, string, number, Record<string, string>, string?][] = [
        ["GET", "/v1/nothing", 404, {}],
        ["PUT", "/v1/images", 405, {}],
        ["GET", "/v1/images", 406, { accept: "text/csv" }],
        ["POST", "/v1/users", 415, { "content-type": "text/plain" }, "x"],
        ["POST", "/v1/users", 415, { "content-type": "application/json; charset=latin1" }, "{}"],
      ];
      for (const [method, path, status, headers, body] of cases) {
        const answer = await system.api.request(method, path, { headers, body });
        expectProblem(answer, `${method} ${path}`);
        expect([path, answer.status]).toEqual([path, status]);
      }
    });

    test("bytes that are not HTTP or not UTF-8, and too many headers, are refused", async () => {
      const send = (bytes: Buffer) =>
        new Promise<string>((resolve, reject) => {
          const socket = connectTo(system.api.url).end(bytes);
          let answer = "";
          socket.setTimeout(RAW_MS_MAX, () => socket.destroy(new Error("no answer")));
          socket.on("data", (chunk) => (answer += chunk));
          socket.on("end", () => resolve(answer));
          socket.on("error", reject);
        });
      const head = "POST /v1/sessions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
      const badText = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]);
      const json = `${head}content-type: application/json\r\ncontent-length: 6\r\n\r\n`;
      expect(await send(Buffer.concat([Buffer.from(json), badText]))).toMatch(/^HTTP\/1.1 400 /);
      expect(await send(Buffer.from("nonsense\r\n\r\n"))).toMatch(/^HTTP\/1.1 400 /);
      const wide = `GET / HTTP/1.1\r\nhost: x\r\nx-wide: ${"x".repeat(100_000)}\r\n\r\n`;
      expect(await send(Buffer.from(wide))).toMatch(/^HTTP\/1.1 431 /);
    });

    test("the system is ready and up after all hostile input", async () => {
      expect((await system.api.get("/readyz")).status).toBe(200);
      const { json } = await system.api.get("/v1/status");
      expect(json.services.map(({ state }: { state: string }) => state)).toEqual([
        "up",
        "up",
        "up",
      ]);
    });
  });
}
