import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { connectTo } from "#src/connect-to.ts";
import { eventually } from "#src/eventually.ts";
import { newPerson } from "#src/person.ts";
import { drawing, readyImage } from "#src/pictures.ts";
import type { OwnSystem } from "./system-under-test.ts";

/**
 * Longer than the gateway answers with cached owners and counts: `fresh_for` of both is a second.
 */
const DECORATIONS_FRESH_MS = 1_100;

/** Observations that are possible only on the system's own machine: its log and its files. */
export function ownMachine(system: OwnSystem): void {
  describe("on its own machine", () => {
    test("a request's id is echoed, and logged by every process that handled it", async () => {
      const { token } = await newPerson(system.api);
      const { id } = await readyImage(system.api, token);
      const requestId = `e2e-${id}`;
      // A cached answer would not reach the services.
      await setTimeout(DECORATIONS_FRESH_MS);
      const { headers } = await system.api.request("GET", `/v1/images/${id}`, {
        headers: { "x-request-id": requestId },
      });
      expect(headers.get("x-request-id")).toBe(requestId);
      // Each process logs its line when its own part is over, which may be after the answer.
      const all = ["comments", "gateway", "images", "users"];
      const read = () => servicesThatLogged(requestId);
      const hasAll = ({ length }: readonly string[]) => length >= all.length;
      await expect(eventually(read, hasAll)).resolves.toEqual(all);
    });

    test("the operations port has the gateway's metrics, by outcome", async () => {
      await system.api.get("/v1/images");
      const read = async () => {
        const page = await (await fetch(`http://127.0.0.1:${await metricsPort()}/metrics`)).text();
        return /http_server_\w+_count\{.*\/v1\/images.*\} \d+/.test(page) ? page : undefined;
      };
      const page = await eventually(read, (text) => text !== undefined);
      expect(page).toMatch(/rpc_client_duration_seconds_count\{.*ListImages.*\} \d+/);
    });

    /** Finds the operations port in the log of the process that has the gateway. */
    async function metricsPort(): Promise<number> {
      const name = system.stack.topology === "split" ? "gateway" : "monolith";
      const log = await readFile(join(system.stack.data, "logs", `${name}.log`), "utf8");
      return Number(/"metricsPort":(\d+)/.exec(log)?.[1]);
    }

    async function servicesThatLogged(requestId: string): Promise<readonly string[]> {
      const folder = join(system.stack.data, "logs");
      const touched = new Set<string>();
      for (const file of await readdir(folder)) {
        const lines = (await readFile(join(folder, file), "utf8")).split("\n");
        for (const line of lines.filter((text) => text.includes(requestId))) {
          touched.add(JSON.parse(line).service);
        }
      }
      return [...touched].sort();
    }

    test("an interrupted upload leaves neither an image nor a file", async () => {
      const { id, token } = await newPerson(system.api);
      const blobs = () => readdir(join(system.stack.data, "blobs"), { recursive: true });
      const before = (await blobs()).length;
      const file = await drawing(640, 480).png().toBuffer();
      for (const pauseMs of [0, 50, 500]) {
        const socket = connectTo(system.api.url);
        const head = [
          "POST /v1/images HTTP/1.1",
          `host: ${new URL(system.api.url).host}`,
          `authorization: Bearer ${token}`,
          "content-type: multipart/form-data; boundary=cut",
          "content-length: 9000000",
          "",
          "--cut",
          'content-disposition: form-data; name="file"; filename="cut.png"',
          "",
          "",
        ];
        socket.write(head.join("\r\n"));
        socket.write(file);
        await setTimeout(pauseMs); // the upload is in progress, and waits for more
        socket.destroy();
        await once(socket, "close");
      }
      const list = await system.api.get(`/v1/images?owner=${id}`, token);
      expect(list.json.images).toEqual([]);
      const left = await eventually(blobs, ({ length }) => length === before);
      expect(left).toHaveLength(before);
    });
  });
}
