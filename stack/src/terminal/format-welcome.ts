import { randomInt } from "node:crypto";
import type { PartStatus } from "#parts/part-status.ts";
import { DATA_FOLDER_DEFAULT } from "#settings/stack-settings.ts";
import { formatTable } from "./format-table.ts";

/** The values in the text that is printed once everything is ready. */
interface Welcome {
  readonly url: string;
  /** Where the gateway's metrics are. */
  readonly metricsUrl: string;
  readonly parts: readonly PartStatus[];
  readonly dataFolder: string;
  readonly startMs: number;
}

/**
 * Formats the text that lists what runs, and three commands that work when they are pasted in this
 * order.
 */
export function formatWelcome({ url, metricsUrl, parts, dataFolder, startMs }: Welcome): string {
  const processes = parts.filter(({ pid }) => pid !== undefined);
  const rows = processes.map(({ name, pid, address }) => [
    `  ${name}`,
    String(pid),
    address ?? "-",
    name === "postgres"
      ? "postgres/server.log"
      : LOGLESS.has(address ?? "")
        ? "-"
        : `logs/${name}.log`,
  ]);
  const command = `${dataFolder === DATA_FOLDER_DEFAULT ? "" : `TRIPTYCH_DATA=${dataFolder} `}npx -y pnpm@12 stack`;
  return [
    `Triptych is ready after ${(startMs / 1_000).toFixed(1)} s: ${url}`,
    "",
    formatTable([["  NAME", "PID", "ADDRESS", `LOG in ${dataFolder}`], ...rows]),
    "",
    "Three things to try, in another terminal: open an account, sign in, look at the images.",
    "",
    ...thingsToTry(url).map((line) => `  ${line}`),
    "",
    `The API in a browser:    ${url}/docs`,
    `The gateway's metrics:   ${metricsUrl}`,
    `Take a part away:        ${command} stop comments`,
    `See what runs:           ${command} status`,
    "End everything:          Ctrl-C",
    "",
  ].join("\n");
}

/** Parts that share the monolith's process share its log. */
const LOGLESS: ReadonlySet<string> = new Set(["monolith"]);
const HANDLES = 1_000_000;

function thingsToTry(url: string): readonly string[] {
  // A new handle at each start, so that the account can be created again on the same data.
  const handle = `ada_${randomInt(HANDLES)}`;
  const password = "a long and secret sentence";
  const account = JSON.stringify({ handle, email: `${handle}@example.org`, password });
  const login = JSON.stringify({ login: handle, password });
  const post = (path: string, body: string) =>
    `curl ${url}${path} -H 'content-type: application/json' -d '${body}'`;
  return [post("/v1/users", account), post("/v1/sessions", login), `curl ${url}/v1/images`];
}
