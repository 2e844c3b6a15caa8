import { ADA, BOB, userMessage } from "./fake-services.ts";
import { bodyOf, startTestGateway } from "./test-gateway.ts";

const USERS = { getUser: async ({ id }: { id: string }) => userMessage(id) };
const JSON_HEADERS = { "content-type": "application/json" };

describe("rate limits", () => {
  test("count signed-in users apart from one another and from anonymous requests", async () => {
    const configuration = { rateLimitUserPerMinute: 3, rateLimitAddressPerMinute: 2 };
    await using gateway = await startTestGateway({ users: USERS }, { configuration });
    const statuses = async (times: number, headers = {}) => {
      const all = [];
      for (let time = 0; time < times; time++) {
        all.push((await gateway.fetch(`/v1/users/${ADA}`, { headers })).status);
      }
      return all;
    };
    expect(await statuses(4, await gateway.as(ADA))).toEqual([200, 200, 200, 429]);
    expect(await statuses(1, await gateway.as(BOB))).toEqual([200]);
    expect(await statuses(3)).toEqual([200, 200, 429]);
    expect(await statuses(1, { authorization: "Bearer made-up" })).toEqual([429]);
    const refused = await gateway.fetch(`/v1/users/${ADA}`);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect((await bodyOf(refused)).code).toBe("RATE_LIMITED");
    expect((await gateway.fetch("/healthz")).status).toBe(200);
  });

  test("count sign-ins by login, whatever its case, before a password is hashed", async () => {
    let asked = 0;
    const configuration = { rateLimitSignInPerMinute: 2, rateLimitSignInAddressPerMinute: 5 };
    const users = {
      createSession: async () => {
        asked += 1;
        return { tokens: {}, user: userMessage() };
      },
    };
    await using gateway = await startTestGateway({ users }, { configuration });
    const signIn = async (login: string) => {
      const body = JSON.stringify({ login, password: "p" });
      const init = { method: "POST", headers: JSON_HEADERS, body };
      return (await gateway.fetch("/v1/sessions", init)).status;
    };
    expect([await signIn("ada"), await signIn("ADA"), await signIn("Ada")]).toEqual([
      201, 201, 429,
    ]);
    expect([await signIn("bob"), await signIn("eve"), await signIn("joe")]).toEqual([
      201, 201, 429,
    ]);
    expect(asked).toBe(4);
  });
});

describe("the HTTP server", () => {
  test("answers while it drains (graceful shutdown), is not ready, and closes connections", async () => {
    await using gateway = await startTestGateway({ users: USERS });
    expect((await gateway.fetch("/readyz")).status).toBe(200);
    gateway.gateway.drain();
    const notReady = await gateway.fetch("/readyz");
    expect([notReady.status, await notReady.text()]).toEqual([503, "not ready\n"]);
    const answer = await gateway.fetch(`/v1/users/${ADA}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("connection")).toBe("close");
  });

  test("answers requests in flight before it closes", async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const gateway = await startTestGateway({
      users: {
        getUser: async ({ id }) => {
          started.resolve();
          await finish.promise;
          return userMessage(id);
        },
      },
    });
    const answer = gateway.fetch(`/v1/users/${ADA}`);
    await started.promise;
    const closed = gateway.gateway.close();
    finish.resolve();
    expect((await answer).status).toBe(200);
    await closed;
    await expect(gateway.fetch("/healthz")).rejects.toThrow();
  });

  test("measures requests by route, method and status", async () => {
    await using gateway = await startTestGateway({ users: USERS });
    await gateway.fetch(`/v1/users/${ADA}`);
    await gateway.fetch("/nothing", { method: "PROPFIND" });
    const metrics = await gateway.metrics();
    expect(metrics).toMatch(/http_requests_total\{.*route="\/v1\/users\/:id".*status="200"/);
    expect(metrics).toMatch(/http_requests_total\{method="other",route="none",status="404"/);
    expect(metrics).toMatch(/rpc_client_calls_total\{.*callee="users".*code="OK"/);
    expect(metrics).toMatch(/http_server_duration_seconds_count\{.*route="\/v1\/users\/:id"/);
    expect(metrics).toMatch(/rpc_client_duration_seconds_count\{.*callee="users"/);
    expect(metrics).toMatch(/breaker_state\{/);
  });
});
