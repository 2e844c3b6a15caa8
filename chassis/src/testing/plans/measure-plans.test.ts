import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Statement } from "#database/statement.ts";
import { findGrowth, findPlanFaults, type MeasuredPlans, measurePlans } from "./measure-plans.ts";
import { type ExplainedDatabase, startExplainedDatabase } from "./start-explained-database.ts";

const GOOD = {
  name: "good",
  text: "select id from pictures where id < $1 order by id desc limit 20",
} as const satisfies Statement;
/** Drops rows one by one, as many as there are. */
const FILTERS = {
  name: "filters",
  text: "select id from pictures where shown and id < $1 order by id desc limit $2",
} as const satisfies Statement;
const SORTS = {
  name: "sorts",
  text: "select title from pictures where id < $1 order by title limit $2",
} as const satisfies Statement;
const SCANS = {
  name: "scans",
  text: "select id from pictures where title = $1",
} as const satisfies Statement;
const REMOVES = {
  name: "removes",
  text: "delete from pictures where id = any($1::int[]) and made < $2 returning id",
} as const satisfies Statement;

const FEW = 1_000;
const MANY = 10 * FEW;

describe("the measure of plans", () => {
  let folder: string;
  let explained: ExplainedDatabase;
  let few: MeasuredPlans;
  let many: MeasuredPlans;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "triptych-migrations-"));
    explained = await startExplainedDatabase(folder);
    await explained.query(
      "create table pictures (id int primary key, title text, shown bool, made timestamptz)",
    );
    few = await addAndMeasure(1, FEW);
    many = await addAndMeasure(FEW + 1, MANY);
  });
  afterAll(async () => {
    await explained[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  async function addAndMeasure(from: number, to: number): Promise<MeasuredPlans> {
    // Those that are shown stand behind all others.
    await explained.query(`
      insert into pictures select n, md5(n::text), n <= 200, now()
      from generate_series(${from}, ${to}) as n`);
    await explained.vacuum("pictures");
    const shard = explained.database.for("");
    return await measurePlans(explained, {
      "a good list": () => shard.read(GOOD, [MANY + 1]),
      "a list that filters": () => shard.read(FILTERS, [MANY + 1, 20]),
      "a list that sorts": () => shard.read(SORTS, [MANY + 1, 20]),
      "a search": () => shard.read(SCANS, ["it's"]),
      "a removal": () =>
        shard.transaction((connection) => connection.query(REMOVES, [[from, to], new Date(0)])),
    });
  }

  test("finds nothing wrong with a list by an index", () => {
    expect(findPlanFaults(many, { good: ["pictures_pkey"] })).toEqual([]);
    expect(findGrowth(few, many).join()).not.toContain("good");
  });

  test("finds another index than the one that is expected, and none", () => {
    expect(findPlanFaults(many, { good: [] })).toEqual(["good uses pictures_pkey"]);
    expect(findPlanFaults(many, { scans: ["pictures_pkey"] })).toContain("scans uses no index");
  });

  test("finds a scan of a whole table, and a sort of more than a page", () => {
    expect(findPlanFaults(many, { scans: [] })).toEqual(["scans reads all of pictures"]);
    expect(findPlanFaults(many, { sorts: [] })).toContain("sorts sorts 10000 rows");
  });

  test("finds a hot statement that no scenario runs", () => {
    expect(findPlanFaults(many, { other: [] })).toEqual(["other is run by no scenario"]);
  });

  test("finds what costs more with more rows, in buffers and in rows removed by a filter", () => {
    const grown = findGrowth(few, many);
    expect(grown).toContain(
      'rows removed by "a list that filters": 800 with few rows, 9800 with many',
    );
    expect(grown.filter((sentence) => sentence.startsWith("buffers"))).toEqual([
      expect.stringContaining("a list that filters"),
      expect.stringContaining("a list that sorts"),
      expect.stringContaining("a search"),
    ]);
  });

  test("runs each statement once for its result", async () => {
    const { rows } = await explained.database
      .for("")
      .write<{ id: number }>(REMOVES, [[3, 4], new Date(2 ** 41)]);
    expect(rows.map(({ id }) => id).sort()).toEqual([3, 4]);
    expect(await explained.query("select id from pictures where id in (3, 4, 5)")).toEqual([
      { id: 5 },
    ]);
  });
});
