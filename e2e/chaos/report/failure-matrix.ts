import { isWorse, worstOf } from "#chaos/load/answer-class.ts";
import { nameOf } from "#chaos/routes/route-case.ts";
import { FAULTS } from "#chaos/run/faults.ts";
import { figuresOf } from "#chaos/run/figures.ts";
import type { Comparison } from "#chaos/run/harm.ts";
import type { Cell } from "#chaos/run/judge.ts";
import { type JudgedRun, type LongForm, percent } from "#chaos/run/long-form.ts";
import type { Relation } from "#chaos/run/promises.ts";
import { TARGETS, type Target } from "#chaos/system/chaos-targets.ts";
import { figureLines, ms } from "./figure-lines.ts";
import { LEGEND } from "./legend.ts";
import { listItem } from "./list-item.ts";

const TITLES: Readonly<Record<Relation, string>> = {
  needs: "needs it",
  "decorated by": "decorated by it",
  without: "does not need it",
  balanced: "one of two",
};

/** Writes the failure matrix: for each part a table of routes and faults. */
export function failureMatrix({ runs, comparisons }: LongForm): string {
  const tables = TARGETS.map((target) =>
    tableOf(
      target,
      runs.filter((one) => one.target === target),
    ),
  );
  return [
    LEGEND,
    "## What the loss of a service costs\n",
    ...figureLines(figuresOf(runs)).map(listItem),
    `\n## The control arm: the same fault without the failure policy\n`,
    controlTable(comparisons),
    ...tables,
    "",
  ].join("\n");
}

function controlTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(
    ({ target, fault, on, off }) =>
      `| ${target} ${fault} | ${ms(on.waitMs)} | ${ms(off.waitMs)} | ${percent(on.wholeShare)} | ${percent(off.wholeShare)} |`,
  );
  return [
    "| fault | mean wait with it | without it | whole answers with it | without it |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function tableOf(target: Target, runs: readonly JudgedRun[]): string {
  const faults = FAULTS.filter((fault) => runs.some((one) => one.fault === fault));
  const cellsOf = (fault: string) => runs.find((one) => one.fault === fault)?.cells ?? [];
  const first = cellsOf(faults[0] ?? "");
  const rowOf = (name: string, chosen: (cell: Cell) => boolean) => {
    const [own] = first.filter(chosen);
    const relation = own === undefined ? "" : TITLES[own.relation];
    const shown = faults.map((fault) => show(cellsOf(fault).filter(chosen)));
    return `| ${name} | ${relation} | ${shown.join(" | ")} |`;
  };
  const affected = first.filter(({ relation }) => relation !== "without");
  const undisturbed = first.filter(({ relation }) => relation === "without");
  const rows = affected.map((cell) =>
    rowOf(`\`${nameOf(cell.case)}\``, (other) => other.case === cell.case),
  );
  if (undisturbed.length > 0) {
    const all = affected.length === 0 ? "every route" : `the other ${undisturbed.length} routes`;
    rows.push(rowOf(all, ({ relation }) => relation === "without"));
  }
  return [
    `## ${target}\n`,
    `| route | ${target} is | ${faults.join(" | ")} |`,
    `|---|---|${faults.map(() => "---|").join("")}`,
    ...rows,
    "",
  ].join("\n");
}

/**
 * Formats the worst of some cells: the class at onset if it was worse, the class, the p99, the time
 * to recover if there was one, and the share of shed requests.
 */
function show(cells: readonly Cell[]): string {
  const onset = worstOf(cells.map((cell) => cell.onset));
  const steady = worstOf(cells.map((cell) => cell.steady));
  const p99Ms = Math.max(...cells.map((cell) => cell.p99Ms));
  const recoveryMs = Math.max(...cells.map((cell) => cell.recoveryMs));
  const shedShare = Math.max(...cells.map((cell) => cell.shedShare));
  if (shedShare === 1) return "**shed**";
  const shed = shedShare > 0 ? `, ${percent(shedShare)} shed` : "";
  const first = isWorse(onset, steady) ? `${onset}, then ` : "";
  const recovery = recoveryMs > 0 ? `, back in ${ms(recoveryMs)}` : "";
  return `${first}**${steady}** ${ms(p99Ms)}${recovery}${shed}`;
}
