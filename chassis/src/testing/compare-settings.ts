import { readFile } from "node:fs/promises";
import { describeConfiguration, type Fields } from "#configuration/read-configuration.ts";
import { SERVICE_FIELDS } from "#configuration/service-settings.ts";

/** The two documents that hold a service's tables of settings. */
export interface SettingsDocuments {
  /** The service's own README. */
  readonly own: URL;
  /** The README of all services: it holds the rows that each of them has. */
  readonly shared: URL;
}

/** The differences between documents and code. Both lists are empty if there are none. */
interface SettingsDifference {
  /** The rows that a document lacks. */
  readonly missing: readonly string[];
  /** The rows of settings that stand in the wrong document, or do not exist. */
  readonly surplus: readonly string[];
}

const SETTING_ROW = /^\| `[A-Z][A-Z0-9_]*` \|.*$/gm;

/**
 * Compares a service's fields, those of each of its processes, with its tables of settings. A row
 * of `SERVICE_FIELDS` stands in the shared document only, every other row in the service's own.
 */
export async function compareSettings(
  documents: SettingsDocuments,
  ...processes: readonly Fields[]
): Promise<SettingsDifference> {
  const shared = rowsOf(SERVICE_FIELDS);
  const all = processes.flatMap((fields) => [...rowsOf(fields)]);
  const own = new Set(all.filter((row) => !shared.has(row)));
  const differences = await Promise.all([
    compare(documents.shared, shared),
    compare(documents.own, own),
  ]);
  return {
    missing: differences.flatMap(({ missing }) => missing),
    surplus: differences.flatMap(({ surplus }) => surplus),
  };
}

function rowsOf(fields: Fields): ReadonlySet<string> {
  return new Set(
    describeConfiguration(fields).map(
      ({ variable, expected, default: value = "", description }) => {
        const cells = ["", `\`${variable}\``, expected, value, description, ""];
        return cells.join(" | ").trim().replaceAll(/ {2,}/g, " ");
      },
    ),
  );
}

async function compare(document: URL, expected: ReadonlySet<string>): Promise<SettingsDifference> {
  const found = new Set((await readFile(document, "utf8")).match(SETTING_ROW));
  return {
    missing: [...expected].filter((row) => !found.has(row)),
    surplus: [...found].filter((row) => !expected.has(row)),
  };
}
