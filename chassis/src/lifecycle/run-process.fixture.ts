import { fork } from "node:child_process";
import { createServer } from "node:http";
import { port, url } from "#configuration/address-settings.ts";
import { readConfiguration } from "#configuration/read-configuration.ts";
import { createReadiness } from "./readiness.ts";
import { type RunningApp, runProcess } from "./run-process.ts";

/** A process for the tests of `runProcess`: it serves HTTP, and misbehaves as SCENARIO says. */
const scenario = process.env.SCENARIO;

async function start(signal: AbortSignal): Promise<RunningApp> {
  if (scenario === "misconfigured") {
    readConfiguration(process.env, {
      port: port({ variable: "FIXTURE_PORT", description: "where it listens" }),
      databaseUrl: url({
        variable: "FIXTURE_DATABASE_URL",
        description: "its database",
        protocols: ["postgres"],
        secret: true,
      }),
    });
  }
  if (scenario === "slow to start") {
    process.send?.("starting");
    await new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  }
  const readiness = createReadiness();
  // Answers only once the process is stopping, which must wait for it.
  const server = createServer((_request, response) => {
    readiness.watch(() => response.end("answered"));
    process.send?.("asked");
  });
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", listening.resolve);
  await listening.promise;

  const address = server.address();
  process.send?.(typeof address === "object" && address !== null ? address.port : 0);
  if (scenario === "throws") {
    setImmediate(() => {
      throw new Error("nobody caught it", { cause: new Error("its cause") });
    });
  }
  if (scenario === "rejects") {
    setImmediate(() => void Promise.reject(new Error("nobody caught it")));
  }
  return {
    readiness,
    drain: (cutOff) => {
      cutOff.addEventListener("abort", () => process.send?.("cut off"));
      if (scenario === "never drains") {
        return new Promise(() => {});
      }
      return new Promise((resolve) => server.close(() => resolve()));
    },
    close: async () => {
      if (scenario === "fails to close") {
        throw new Error("it does not close");
      }
      process.send?.("closed");
    },
  };
}

if (scenario === "supervises") {
  const environment = { ...process.env, SCENARIO: "serves" };
  const child = fork(import.meta.filename, { silent: true, env: environment });
  child.on("message", (message) => process.send?.(message));
} else {
  runProcess({ name: "fixture", start, drainTimeoutMs: Number(process.env.DRAIN_TIMEOUT_MS) });
}
