import { status } from "@grpc/grpc-js";
import { ANONYMOUS } from "#identity/caller.ts";
import { createInProcessTransport } from "#rpc/in-process/in-process-transport.ts";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";
import { ECHO_CALLER } from "#testing/echo-file.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter } from "#testing/echo-transports.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { contextFor } from "#testing/test-context.ts";
import { createRouter } from "./router.ts";

describe("a method", () => {
  const lines: { readonly level: string; readonly reason?: string; readonly detail?: string }[] =
    [];
  const metrics = createMetrics({ service: "test" });
  let authenticated = 0;
  const router = createRouter(echoRouter({}).implementations, {
    authenticate: async () => {
      authenticated += 1;
      return ANONYMOUS;
    },
    logger: createLogger({
      service: "test",
      level: "info",
      destination: { write: (line: string) => lines.push(JSON.parse(line)) },
    }),
    metrics,
    failurePolicy: "on",
  });
  const transport = createInProcessTransport(router, () => true);
  const sayAs = (name: string) =>
    quietClient(EchoService, transport.calledBy(name)).say({ value: "hello" }, contextFor());

  test("answers the callers that the contract lists", async () => {
    await expect(sayAs(ECHO_CALLER)).resolves.toMatchObject({ value: "hello" });
  });

  test("refuses any other caller before its token is verified, with one warning and one count", async () => {
    lines.splice(0);
    authenticated = 0;
    await expect(sayAs("users")).rejects.toMatchObject({
      code: status.PERMISSION_DENIED,
      reason: "CALLER_NOT_ALLOWED",
    });
    expect(authenticated).toBe(0);
    expect(lines).toEqual([
      expect.objectContaining({
        level: "warn",
        reason: "CALLER_NOT_ALLOWED",
        detail: "users may not call echo.v1.EchoService/Say",
      }),
    ]);
    expect(await metrics.registry.metrics()).toMatch(
      /rpc_server_duration_seconds_count\{[^}]*code="PERMISSION_DENIED"[^}]*\} 1\n/,
    );
  });

  test("answers every caller without TLS, where none can prove its name", async () => {
    const call = quietClient(EchoService, transport).say({ value: "hello" }, contextFor());
    await expect(call).resolves.toMatchObject({ value: "hello" });
  });
});
