import { readFile } from "node:fs/promises";
import { createAccessTokens } from "#baseline/http/access-tokens.ts";
import type { RunningStack } from "#processes/stack-program.ts";
import { fillComments, fillImages } from "./fill-triptych.ts";
import { insertRows } from "./insert-rows.ts";
import type { WorldPlan } from "./plan-world.ts";
import {
  drawPicture,
  type PictureSize,
  readPictures,
  type UploadedPicture,
  uploadPicture,
} from "./uploaded-pictures.ts";
import { withDatabase } from "./with-database.ts";
import type { WorldFolder } from "./world-folder.ts";
import { sessionRows, userRows } from "./world-rows.ts";

const TOKEN_SECONDS = 3_600;

/** What a stack is filled with. */
export interface FillOptions {
  readonly plan: WorldPlan;
  readonly paths: WorldFolder;
  readonly passwordHash: string;
  readonly pictures: PictureSize;
  readonly report: (line: string) => void;
}

/**
 * Fills a running stack that is empty: uploads pictures, and writes the rows into its databases.
 * Returns the pictures.
 */
export async function fillStack(
  stack: RunningStack,
  { plan, paths, passwordHash, pictures, report }: FillOptions,
): Promise<readonly UploadedPicture[]> {
  const folder = paths.triptychPostgres;
  await withDatabase(folder, "users", async (client) => {
    await insertRows(client, "users", userRows(plan, passwordHash));
    // The trigger that writes these rows does not run here, like the foreign keys.
    await client.query(`
      insert into display_name_prefixes (prefix, handle)
      select left(display_name_key, length), handle
      from users, generate_series(1, least(char_length(display_name_key), 32)) as length`);
    await insertRows(client, "sessions", sessionRows(plan));
  });
  report("uploading pictures");
  const token = await firstToken(plan, paths);
  for (let index = 0; index < pictures.count; index++) {
    await uploadPicture(stack.url, token, await drawPicture(pictures, index));
  }
  const uploaded = await withDatabase(folder, "images", async (client) => {
    const rendered = await stack.program.until(async () => {
      const ready = await readPictures(client);
      return ready.length === pictures.count ? ready : undefined;
    });
    report("filling images");
    await fillImages(client, plan, rendered);
    return rendered;
  });
  report("filling comments");
  await withDatabase(folder, "comments", (client) => fillComments(client, plan));
  return uploaded;
}

async function firstToken({ users }: WorldPlan, { signingKey }: WorldFolder): Promise<string> {
  const tokens = createAccessTokens(JSON.parse(await readFile(signingKey, "utf8")));
  const { id: userId = "", sessionId = "" } = users[0] ?? {};
  return await tokens.sign({ userId, sessionId }, TOKEN_SECONDS);
}
