import { generateKeyPair } from "@triptych/chassis/identity/keys";
import { createInProcessTransport } from "@triptych/chassis/rpc/in-process/in-process-transport";
import { createRouter } from "@triptych/chassis/rpc/server/router";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { createMetrics } from "@triptych/chassis/telemetry/metrics";
import { createGateway } from "./app.ts";
import { readConfig } from "./config.ts";

/**
 * Builds the OpenAPI document, as it is written to `gateway/openapi.json`, from the routes of a
 * gateway without services.
 */
export async function buildDocument(): Promise<string> {
  const nowhere = "127.0.0.1:1";
  const configuration = readConfig({
    USERS_ADDRESS: nowhere,
    IMAGES_ADDRESS: nowhere,
    COMMENTS_ADDRESS: nowhere,
    ACCESS_TOKEN_PUBLIC_KEYS: JSON.stringify(generateKeyPair("none").publicJwks),
  });
  const logger = createLogger({ service: "gateway", level: "silent" });
  const router = createRouter([], {
    authenticate: async () => ({ kind: "anonymous" }),
    logger,
    metrics: createMetrics({ service: "none" }),
    failurePolicy: "off",
  });
  const transport = createInProcessTransport(router, () => false);
  const gateway = await createGateway(configuration, {
    transports: { users: transport, images: transport, comments: transport },
    metrics: createMetrics({ service: "gateway" }),
    logger,
  });
  try {
    return `${JSON.stringify(gateway.server.swagger(), null, 2)}\n`;
  } finally {
    await gateway.close();
  }
}
