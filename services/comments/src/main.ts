import { createGrpcTransport } from "@triptych/chassis/rpc/grpc/grpc-transport";
import { runService } from "@triptych/chassis/run-service";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { createApp, NAME } from "./app.ts";
import { readConfig } from "./config.ts";

runService({
  name: NAME,
  readConfig,
  createApp(configuration, logger, peers) {
    const images = createGrpcTransport({
      addresses: configuration.imagesAddress,
      service: ImageService,
      failurePolicy: configuration.failurePolicy,
      peers,
    });
    return createApp(configuration, { logger, images });
  },
});
