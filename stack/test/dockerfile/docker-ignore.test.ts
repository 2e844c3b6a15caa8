import { readDockerIgnore } from "./docker-ignore.ts";

describe("a .dockerignore, as the builders of Docker 20.10 read it", () => {
  const path = "services/users/package.json";

  test("includes nothing by a wildcard below a folder that is left out", () => {
    const isLeftOut = readDockerIgnore("*\n!services/*/package.json\n");
    expect(isLeftOut(path)).toBe(true);
  });

  test("includes by a wildcard what lies below a folder that is included", () => {
    const isLeftOut = readDockerIgnore("*\n!services\nservices/*/*\n!services/*/package.json\n");
    expect(isLeftOut(path)).toBe(false);
    expect(isLeftOut("services/users/test/a.ts")).toBe(true);
    expect(isLeftOut("data/secret")).toBe(true);
    expect(isLeftOut(".data/secret")).toBe(true);
  });

  test("includes by a full path what lies below a folder that is left out", () => {
    const isLeftOut = readDockerIgnore("*\n!chassis/src\nchassis/src/testing\n");
    expect(isLeftOut("chassis/src/ids/new-id.ts")).toBe(false);
    expect(isLeftOut("chassis/src/testing/eventually.ts")).toBe(true);
    expect(isLeftOut("chassis/package.json")).toBe(true);
  });
});
