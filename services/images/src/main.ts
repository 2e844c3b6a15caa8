import { runService } from "@triptych/chassis/run-service";
import { createApp, NAME } from "./app.ts";
import { readConfig } from "./config.ts";

runService({
  name: NAME,
  readConfig,
  createApp: (configuration, logger) => createApp(configuration, { logger }),
});
