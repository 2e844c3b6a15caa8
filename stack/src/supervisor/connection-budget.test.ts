import { roleConnectionsMax, serverConnectionsMax } from "./connection-budget.ts";

describe("the connection budget of a role", () => {
  test("has room for two generations of its processes", () => {
    expect(roleConnectionsMax("users", {})).toBe(26);
    expect(roleConnectionsMax("comments", {})).toBe(26);
    expect(roleConnectionsMax("images", {})).toBe(38);
    expect(serverConnectionsMax({})).toBe(100);
  });

  test("follows the settings of its processes, and the server follows the budgets", () => {
    const environment = { USERS_DATABASE_POOL_MAX: "50", IMAGES_WORKER_WORKER_CONCURRENCY: "4" };
    expect(roleConnectionsMax("users", environment)).toBe(106);
    expect(roleConnectionsMax("images", environment)).toBe(44);
    expect(serverConnectionsMax(environment)).toBe(106 + 44 + 26 + 10);
  });

  test("takes the default for a value that its process will refuse", () => {
    expect(roleConnectionsMax("users", { USERS_DATABASE_POOL_MAX: "many" })).toBe(26);
  });
});
