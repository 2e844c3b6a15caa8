import assert from "node:assert";
import { pathToFileURL } from "node:url";
import { runMigrations } from "./run-migrations.ts";

/** A `migrate-main.ts`, of the folder that the environment names. */
const { MIGRATIONS_FOLDER: folder } = process.env;
assert(folder, "MIGRATIONS_FOLDER is set by the test");
runMigrations({ service: "fixture", migrations: pathToFileURL(`${folder}/`) });
