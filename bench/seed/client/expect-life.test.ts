import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expectLife } from "./expect-life.ts";

test("looks below the path of a URL, and throws if nothing answers", async () => {
  const paths: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    paths.push(url);
    response.writeHead(200, { connection: "close" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/triptych/`;
  try {
    await expectLife(url);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  expect(paths).toEqual(["/triptych/healthz"]);
  await expect(expectLife(url)).rejects.toThrow(`nothing answers at ${url}`);
});
