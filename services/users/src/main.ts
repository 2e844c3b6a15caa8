import { formatHostAndPort } from "@triptych/chassis/configuration/address-fields";
import { createGrpcTransport } from "@triptych/chassis/rpc/grpc-transport";
import { runService } from "@triptych/chassis/run-service";
import { createApp, NAME } from "./app.ts";
import { readConfig } from "./config.ts";

runService({
  name: NAME,
  readConfig,
  createApp(configuration, logger) {
    const images = createGrpcTransport(formatHostAndPort(configuration.imagesAddress));
    return createApp(configuration, { logger, images });
  },
});
