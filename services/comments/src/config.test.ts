import { ConfigurationError } from "@triptych/chassis/configuration/configuration-error";
import { readConfig } from "./config.ts";

describe("readConfig", () => {
  it("names everything that must be set", () => {
    const read = () => readConfig({});
    expect(read).toThrow(ConfigurationError);
    for (const variable of [
      "GRPC_PORT",
      "METRICS_PORT",
      "DATABASE_URL",
      "ACCESS_TOKEN_PUBLIC_KEYS",
      "IMAGES_ADDRESS",
    ]) {
      expect(read).toThrow(variable);
    }
  });
});
