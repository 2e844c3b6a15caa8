import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describeConfiguration } from "#configuration/read-configuration.ts";
import { SERVICE_FIELDS } from "#configuration/service-settings.ts";
import { text } from "#configuration/settings.ts";
import { compareSettings, type SettingsDocuments } from "./compare-settings.ts";

const COLOUR = { colour: text({ variable: "COLOUR", description: "its colour", default: "red" }) };
const FIELDS = { ...SERVICE_FIELDS, ...COLOUR };

const COLOUR_ROW = "| `COLOUR` | a text | red | its colour |";
const SHARED_ROWS = describeConfiguration(SERVICE_FIELDS).map((row) =>
  `| \`${row.variable}\` | ${row.expected} | ${row.default ?? ""} | ${row.description} |`.replace(
    "|  |",
    "| |",
  ),
);
const [FIRST_ROW = "", ...OTHER_ROWS] = SHARED_ROWS;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "settings-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(own: string[], shared: string[]): Promise<SettingsDocuments> {
  const urlOf = (name: string) => pathToFileURL(join(folder, name));
  const documents = { own: urlOf("own.md"), shared: urlOf("shared.md") };
  await writeFile(documents.own, ["# own", ...own, ""].join("\n"));
  await writeFile(documents.shared, ["# shared", ...shared, ""].join("\n"));
  return documents;
}

describe("compareSettings", () => {
  test("finds no difference if each row stands where it belongs", async () => {
    const documents = await write([COLOUR_ROW], SHARED_ROWS);
    expect(await compareSettings(documents, FIELDS, COLOUR)).toEqual({ missing: [], surplus: [] });
  });

  test("names a row that is missing, in either document", async () => {
    const documents = await write([], OTHER_ROWS);
    expect(await compareSettings(documents, FIELDS)).toEqual({
      missing: [FIRST_ROW, COLOUR_ROW],
      surplus: [],
    });
  });

  test("names a shared row that a service repeats, and the row of no setting", async () => {
    const gone = "| `GONE` | a text | | nothing reads it |";
    const documents = await write([COLOUR_ROW, FIRST_ROW, gone], SHARED_ROWS);
    expect(await compareSettings(documents, FIELDS)).toEqual({
      missing: [],
      surplus: [FIRST_ROW, gone],
    });
  });
});
