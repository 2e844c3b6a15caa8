import { createInProcessTransport } from "@triptych/chassis/rpc/in-process/in-process-transport";
import { createTestTokens } from "@triptych/chassis/testing/test-tokens";
import { readConfig } from "#config.ts";
import { warmUp } from "#warm-up.ts";
import { createFakeRouters } from "./fake-services.ts";

const { jwks } = createTestTokens();
const configuration = readConfig({
  USERS_ADDRESS: "127.0.0.1:1",
  IMAGES_ADDRESS: "127.0.0.1:1",
  COMMENTS_ADDRESS: "127.0.0.1:1",
  PORT: "0",
  ACCESS_TOKEN_PUBLIC_KEYS: JSON.stringify(jwks),
});

describe("the warm-up of a gateway", () => {
  let asked: string[];
  const transportsOf = () => {
    const routers = createFakeRouters(
      {
        users: {
          listUsers: async () => {
            asked.push("users");
            return { users: [] };
          },
        },
        images: {
          listImages: async () => {
            asked.push("images");
            return { images: [] };
          },
        },
        comments: {},
      },
      jwks,
    );
    return {
      users: createInProcessTransport(routers.users, () => true),
      images: createInProcessTransport(routers.images, () => true),
      comments: createInProcessTransport(routers.comments, () => true),
    };
  };
  beforeEach(() => {
    asked = [];
  });

  test("reads through every part of it, many times", async () => {
    await warmUp(configuration, transportsOf());
    for (const service of ["users", "images"]) {
      expect(asked.filter((one) => one === service).length).toBeGreaterThan(10);
    }
  });

  test("is over at once without one of the services", async () => {
    const transports = transportsOf();
    transports.comments.setAvailable(false);
    await warmUp(configuration, transports);
    expect(asked).toEqual([]);
  });
});
