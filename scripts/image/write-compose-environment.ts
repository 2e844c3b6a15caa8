/**
 * Writes new secrets into a file that does not exist yet. The file is never overwritten: a database
 * keeps the password that it was created with.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatComposeEnvironment, makeComposeEnvironment } from "./compose-environment.ts";

const FOLDER = fileURLToPath(new URL("../../.data/", import.meta.url));

mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
writeFileSync(`${FOLDER}compose.env`, formatComposeEnvironment(makeComposeEnvironment()), {
  flag: "wx",
  mode: 0o600,
});
