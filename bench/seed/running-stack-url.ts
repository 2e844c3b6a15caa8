import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_FOLDER } from "#processes/repository.ts";

/** Where `pnpm start` listens if nothing else was said. */
const URL_DEFAULT = "http://127.0.0.1:8080";

/** Returns the URL of the stack that runs on a data folder; the default if none says its own. */
export async function runningStackUrl(data = join(REPOSITORY_FOLDER, ".data")): Promise<string> {
  const text = await readFile(join(data, "stack.json"), "utf8").catch(() => "");
  if (text === "") return URL_DEFAULT;
  const { url }: { readonly url?: string } = JSON.parse(text);
  return url ?? URL_DEFAULT;
}
