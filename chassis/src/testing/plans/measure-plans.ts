import type { ExplainedStatement, ExplainingDatabase } from "./explain-statements.ts";
import {
  costOf,
  indexesOf,
  nodesOf,
  type PlanNode,
  type QueryCost,
  scannedTablesOf,
  sortedRowsOf,
} from "./query-plan.ts";

/** What a caller asks of a repository, by a name for the reader. */
export type Scenarios = Readonly<Record<string, () => Promise<unknown>>>;

/** The plans of scenarios, and what each scenario cost. */
export interface MeasuredPlans {
  readonly statements: readonly ExplainedStatement[];
  readonly costs: ReadonlyMap<string, ScenarioCost>;
}

/** The cost of all statements of a scenario. */
export interface ScenarioCost extends QueryCost {
  /** How many of the statements write. */
  readonly writes: number;
}

/** For each hot statement: the indexes that it must read, and no others. */
export type HotStatements = Readonly<Record<string, readonly string[]>>;

/** Two pages of a list that are merged, each with the row that tells whether another follows. */
const SORTED_ROWS_MAX = 202;
/** How much more a request may cost with ten times the rows. */
const GROWTH_MAX = 1.2;
/** Buffers that any scenario may cost more: an index becomes a level deeper with some more rows. */
const DEEPER_INDEX_BUFFERS = 2;
/**
 * Buffers that each statement that writes may cost more: a new version of a row that does not fit
 * on the page of the old one is entered into every index of its table.
 */
const MOVED_ROW_BUFFERS = 20;

/** Runs each scenario once, one after another. */
export async function measurePlans(
  explaining: ExplainingDatabase,
  scenarios: Scenarios,
): Promise<MeasuredPlans> {
  const costs = new Map<string, ScenarioCost>();
  const statements: ExplainedStatement[] = [];
  for (const [name, run] of Object.entries(scenarios)) {
    explaining.takeStatements();
    await run();
    const taken = explaining.takeStatements();
    costs.set(name, sum(taken.map(({ plan }) => plan)));
    statements.push(...taken);
  }
  return { statements, costs };
}

/** Returns what is wrong with the plans of hot statements, a sentence each. */
export function findPlanFaults(
  { statements }: MeasuredPlans,
  hot: HotStatements,
): readonly string[] {
  const plans = Map.groupBy(statements, ({ name }) => name);
  const faults = Object.entries(hot).flatMap(([name, indexes]) => {
    const ran = plans.get(name);
    if (ran === undefined) return [`${name} is run by no scenario`];
    return ran.flatMap((one) => faultsOf(one, indexes).map((fault) => `${name} ${fault}`));
  });
  return [...new Set(faults)];
}

/** Returns which scenarios cost more with ten times the rows than they may, a sentence each. */
export function findGrowth(few: MeasuredPlans, many: MeasuredPlans): readonly string[] {
  return [...few.costs].flatMap(([name, before]) => {
    const after = many.costs.get(name);
    if (after === undefined) return [`"${name}" was not measured`];
    const slack = DEEPER_INDEX_BUFFERS + before.writes * MOVED_ROW_BUFFERS;
    return [
      ...growthOf(`buffers of "${name}"`, [before.buffers, after.buffers], slack),
      ...growthOf(`rows removed by "${name}"`, [before.rowsRemoved, after.rowsRemoved]),
    ];
  });
}

function faultsOf({ plan }: ExplainedStatement, indexes: readonly string[]): readonly string[] {
  const used = indexesOf(plan);
  const sortedRows = sortedRowsOf(plan);
  return [
    ...scannedTablesOf(plan).map((table) => `reads all of ${table}`),
    ...(used.join() === indexes.toSorted().join() ? [] : [`uses ${used.join(", ") || "no index"}`]),
    ...(sortedRows > SORTED_ROWS_MAX ? [`sorts ${sortedRows} rows`] : []),
  ];
}

function growthOf(
  what: string,
  [before, after]: readonly [number, number],
  slack = 0,
): readonly string[] {
  if (after <= before * GROWTH_MAX + slack) return [];
  return [`${what}: ${before} with few rows, ${after} with many`];
}

function sum(plans: readonly PlanNode[]): ScenarioCost {
  const costs = plans.map(costOf);
  return {
    writes: plans.filter((plan) => nodesOf(plan).some(isWrite)).length,
    buffers: costs.reduce((total, { buffers }) => total + buffers, 0),
    rowsRemoved: costs.reduce((total, { rowsRemoved }) => total + rowsRemoved, 0),
  };
}

function isWrite(node: PlanNode): boolean {
  return node["Node Type"] === "ModifyTable";
}
