import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const PACKAGES = "{chassis,services/*,gateway,stack,e2e,bench,scripts}/package.json";
/** Tests, their fixtures and `testing/` may enter any room. */
const TEST = /\.(test|fixture)\.ts$|\/testing\//;
/** `from "#room/x.ts"`, `import("./x.ts")`: type imports too. */
const IMPORT = /\b(?:from|import)\s*\(?\s*"((?:\.|#)[^"]+)"/g;

/** A directed graph: the nodes that each node points at. */
type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Finds import cycles between the files of a package, type imports included, and between its
 * folders: where one folder imports another, the other one must not import it back, directly or by
 * a detour.
 */
export function findImportViolations(): string[] {
  return globSync(PACKAGES)
    .map((path) => dirname(path))
    .flatMap((root) => violationsOf(importsOf(root)));
}

/** Finds the cycles between files, and between their folders. */
export function violationsOf(files: Graph): string[] {
  return [
    ...cyclesOf(files).map((cycle) => `import cycle: ${cycle.join(" → ")}`),
    ...cyclesOf(foldersOf(files)).map(
      (cycle) => `folders that import one another: ${describe(cycle, files)}`,
    ),
  ];
}

function importsOf(root: string): Graph {
  const sources = globSync(`${root}/**/*.ts`, { exclude: (path) => path.includes("node_modules") });
  const rooms = join(root, roomsOf(root));
  const targetsOf = (path: string) =>
    [...readFileSync(path, "utf8").matchAll(IMPORT)]
      .map(([, target = ""]) =>
        target.startsWith("#") ? join(rooms, target.slice(1)) : join(dirname(path), target),
      )
      .filter((target) => target.endsWith(".ts") && !relative(root, target).startsWith(".."));
  return new Map(
    sources.filter((path) => !TEST.test(path)).map((path) => [path, new Set(targetsOf(path))]),
  );
}

/** The folder that `#` stands for, by the package's own `imports`: `"#*": "./src/*"`. */
function roomsOf(root: string): string {
  const { imports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return String(imports?.["#*"] ?? "./*").replace("*", "");
}

function foldersOf(files: Graph): Graph {
  const folders = new Map<string, Set<string>>();
  for (const [path, targets] of files) {
    const folder = dirname(path);
    const others = folders.get(folder) ?? new Set();
    for (const target of targets) if (dirname(target) !== folder) others.add(dirname(target));
    folders.set(folder, others);
  }
  return folders;
}

/** Finds one cycle for each group of nodes that reach one another; a cycle ends where it begins. */
function cyclesOf(graph: Graph): string[][] {
  const cycles: string[][] = [];
  const reported = new Set<string>();
  for (const start of graph.keys()) {
    if (reported.has(start)) continue;
    const cycle = pathBackTo(start, graph);
    if (cycle === undefined) continue;
    cycles.push(cycle);
    for (const node of cycle) reported.add(node);
  }
  return cycles;
}

/** Finds the shortest path from a node back to itself: a breadth-first search. */
function pathBackTo(start: string, graph: Graph): string[] | undefined {
  const paths = [[start]];
  const seen = new Set<string>();
  for (const path of paths) {
    for (const next of graph.get(path.at(-1) ?? start) ?? []) {
      if (next === start) return [...path, start];
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}

/** Names the folders of a cycle, and the imports that lead from each to the next. */
function describe(cycle: readonly string[], files: Graph): string {
  const steps = cycle.slice(1).map((folder, index) => {
    const imports = [...files].flatMap(([path, targets]) =>
      dirname(path) === cycle[index]
        ? [...targets].filter((to) => dirname(to) === folder).map((to) => `${path} → ${to}`)
        : [],
    );
    return `\n  ${imports.join(", ")}`;
  });
  return `${cycle.join(" → ")}${steps.join("")}`;
}
