import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PagePaths } from "./page-paths.ts";

test("begins again with the first page after the last", async () => {
  const server = createServer(({ url = "" }, response) => {
    const token = new URL(url, "http://host").searchParams.get("pageToken");
    const nextPageToken = token === "" ? "second" : null;
    response.writeHead(200, { connection: "close" }).end(JSON.stringify({ nextPageToken }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const pages = await PagePaths.of(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await new Promise((resolve) => server.close(resolve));
  const [first, second, third] = [pages.next(), pages.next(), pages.next()];
  expect(second).toContain("pageToken=second");
  expect(second).not.toBe(first);
  expect(third).toBe(first);
});
