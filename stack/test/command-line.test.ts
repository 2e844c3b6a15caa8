import { once } from "node:events";
import { access, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runStack } from "./run-stack.ts";

describe("the command line", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "stack-command-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  test("reports in a sentence that the port is in use, and leaves nothing running", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const environment = { TRIPTYCH_DATA: folder, PORT: String(port) };
    expect(await runStack(["start"], environment)).toEqual({
      code: 1,
      output: "",
      errors: `Port ${port} is in use: set PORT to another one.\n`,
    });
    await expect(access(join(folder, "stack.json"))).rejects.toThrow("ENOENT");
    expect(await readdir(folder)).not.toContain("postgres");
    server.close();
  });

  test("reports in a sentence that the data folder cannot be written", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    const path = join(file, "data");
    expect(await runStack(["start"], { TRIPTYCH_DATA: path })).toEqual({
      code: 1,
      output: "",
      errors: `The data folder ${path} cannot be written (ENOTDIR): choose another with TRIPTYCH_DATA.\n`,
    });
  });

  test("names every invalid setting", async () => {
    const { code, errors } = await runStack(["start"], { PORT: "x", LOG_LEVEL: "loud" });
    expect(code).toBe(64);
    expect(errors).toMatch(/^PORT must be .*LOG_LEVEL must be one of .*\n$/);
  });

  test("reports that no stack runs on the folder", async () => {
    const { code, errors } = await runStack(["stop", "users"], { TRIPTYCH_DATA: folder });
    expect(code).toBe(1);
    expect(errors).toBe(
      `No stack runs on ${folder}: start one, or name its folder with TRIPTYCH_DATA.\n`,
    );
  });

  test("prints the usage for an unknown command", async () => {
    const { code, errors } = await runStack(["dance"], { TRIPTYCH_DATA: folder });
    expect(code).toBe(64);
    expect(errors).toMatch(/^There is no command "dance"\.\nUsage:\n/);
  });
});
