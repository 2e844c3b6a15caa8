import { ownSettings, passedOn, withPrefix } from "./own-settings.ts";

describe("the environment of a process", () => {
  test("holds the variables with the process's prefix, without the prefix", () => {
    const environment = { GATEWAY_CORS_ORIGINS: "*", IMAGES_UPLOADS_MAX: "3", PORT: "1" };
    expect(ownSettings(environment, "gateway")).toEqual({ CORS_ORIGINS: "*" });
    expect(ownSettings(environment, "images")).toEqual({ UPLOADS_MAX: "3" });
    expect(ownSettings({ IMAGES_WORKER_X: "1" }, "images-worker")).toEqual({ X: "1" });
  });

  test("can be read back from one environment for several processes", () => {
    const settings = { DATABASE_URL: "a", GRPC_PORT: "1" };
    const both = { ...withPrefix(settings, "users"), ...withPrefix({ GRPC_PORT: "2" }, "images") };
    expect(ownSettings(both, "users")).toEqual(settings);
    expect(ownSettings(both, "images")).toEqual({ GRPC_PORT: "2" });
  });

  test("contains no proxy, no Postgres default and no Node option of the terminal", () => {
    const environment = {
      PATH: "/bin",
      LC_ALL: "C",
      http_proxy: "x",
      PGHOST: "x",
      NODE_OPTIONS: "x",
    };
    expect(passedOn(environment)).toEqual({ PATH: "/bin", LC_ALL: "C" });
  });
});
