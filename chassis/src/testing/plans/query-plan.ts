/** A node of `explain (analyze, buffers, format json)`: what is read of it here. */
export interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Join Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly PlanNode[];
}

/** What a statement cost, without a clock. */
export interface QueryCost {
  /** Pages of Postgres that were touched, in its memory or not: 8 KiB each. */
  readonly buffers: number;
  /** Rows that were read and then dropped by a condition that no index answered. */
  readonly rowsRemoved: number;
}

/** Returns a node and all below it. */
export function nodesOf(plan: PlanNode): readonly PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** Returns the names of the indexes that a plan reads, each once, in alphabetical order. */
export function indexesOf(plan: PlanNode): readonly string[] {
  const names = nodesOf(plan).flatMap((node) => node["Index Name"] ?? []);
  return [...new Set(names)].sort();
}

/** Returns the names of the tables that a plan reads from their beginning to their end. */
export function scannedTablesOf(plan: PlanNode): readonly string[] {
  return nodesOf(plan)
    .filter((node) => node["Node Type"] === "Seq Scan")
    .flatMap((node) => node["Relation Name"] ?? []);
}

/** Returns how many rows the largest sort of a plan was given; 0 without a sort. */
export function sortedRowsOf(plan: PlanNode): number {
  const sorts = nodesOf(plan).filter((node) => node["Node Type"].endsWith("Sort"));
  return Math.max(0, ...sorts.flatMap(({ Plans = [] }) => Plans.map(rowsOf)));
}

/** Returns what a plan cost. The buffers of a node include those of the nodes below. */
export function costOf(plan: PlanNode): QueryCost {
  const removed = nodesOf(plan).map(
    (node) =>
      ((node["Rows Removed by Filter"] ?? 0) +
        (node["Rows Removed by Join Filter"] ?? 0) +
        (node["Rows Removed by Index Recheck"] ?? 0)) *
      node["Actual Loops"],
  );
  return {
    buffers: plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
    rowsRemoved: Math.round(removed.reduce((sum, rows) => sum + rows, 0)),
  };
}

/** Rows are an average over the loops. */
function rowsOf(node: PlanNode): number {
  return Math.round(node["Actual Rows"] * node["Actual Loops"]);
}
