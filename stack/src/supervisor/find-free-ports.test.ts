import { once } from "node:events";
import { createServer } from "node:net";
import { checkPortIsFree, findFreePorts, HOST } from "./find-free-ports.ts";

describe("findFreePorts and checkPortIsFree", () => {
  test("find free ports, all different, below those for outgoing connections", async () => {
    const ports = await findFreePorts(20);
    expect(new Set(ports).size).toBe(20);
    for (const port of ports) {
      expect(port).toBeGreaterThan(1_023);
      expect(port).toBeLessThan(32_768);
      await checkPortIsFree(port);
    }
  });

  test("report a port that is in use", async () => {
    const [port = 0] = await findFreePorts(1);
    const server = createServer().listen(port, HOST);
    await once(server, "listening");
    try {
      await expect(checkPortIsFree(port)).rejects.toThrow(
        `Port ${port} is in use: set PORT to another one.`,
      );
    } finally {
      server.close();
    }
  });
});
