import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, nameOf, type Rendering } from "./manifest.ts";
import { schemaModuleOf } from "./schema-module.ts";

/** Inside the package that depends on the types, so that they resolve. */
const FOLDER = "scripts/node_modules/.cache/k8s-types";
const COMPILER_OPTIONS = {
  module: "nodenext",
  target: "es2024",
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
};

/**
 * Finds fields that an object's kind does not have. A schema lets them pass, and a cluster drops
 * them: a misspelt probe would be no probe. The TypeScript compiler finds them by the types of the
 * packages.
 */
export function findUnknownFields(renderings: readonly Rendering[]): string[] {
  const known = renderings.flatMap(({ name, manifests }) =>
    manifests
      .filter((manifest) => schemaModuleOf(manifest) !== undefined)
      .map((manifest) => ({ label: `${name}: ${nameOf(manifest)}`, manifest })),
  );
  const unique: Entry[] = [
    ...new Map(known.map((entry) => [JSON.stringify(entry.manifest), entry])).values(),
  ];
  const lines = unique.flatMap(declarationOf);
  return compile(lines.map(({ text }) => text)).map(({ line, message }) => {
    const { label, path } = lines[line] ?? {};
    return `${label}: ${path || "/"}: ${message}`;
  });
}

interface Entry {
  readonly label: string;
  readonly manifest: Manifest;
}

/**
 * A line of the compiled text, and the field of the object on it: the compiler reports the line
 * only.
 */
interface Line {
  readonly label: string;
  readonly path: string;
  readonly text: string;
}

function declarationOf({ label, manifest }: Entry, index: number): Line[] {
  const type = `import(${JSON.stringify(schemaModuleOf(manifest))}).I${manifest.kind}`;
  const start = { path: "", text: `export const object${index}: ${type} =` };
  return [start, ...linesOf(manifest, "")].map((line) => ({ ...line, label }));
}

function linesOf(value: unknown, path: string): Omit<Line, "label">[] {
  if (typeof value !== "object" || value === null) return [{ path, text: JSON.stringify(value) }];
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const fields = Object.entries(value).flatMap(([key, field]) => {
    const own = `${path}/${key}`;
    const name = Array.isArray(value) ? "" : `${JSON.stringify(key)}:`;
    return [{ path: own, text: name }, ...linesOf(field, own), { path: own, text: "," }];
  });
  return [{ path, text: open }, ...fields, { path, text: close }];
}

function compile(lines: readonly string[]): { line: number; message: string }[] {
  // A folder of its own, since a check and its tests may run at the same time.
  const folder = join(FOLDER, String(process.pid));
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, "manifests.ts"), `${lines.join("\n")}\n`);
    const project = { compilerOptions: COMPILER_OPTIONS, files: ["manifests.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
    return runCompiler(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runCompiler(folder: string): { line: number; message: string }[] {
  const { status, stdout, error } = spawnSync("tsc", ["--project", folder, "--pretty", "false"], {
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  const violations = [
    ...stdout.matchAll(/^\S*manifests\.ts\((\d+),\d+\): error TS\d+: (.*)$/gm),
  ].map(([, line = "", message = ""]) => ({ line: Number(line) - 1, message }));
  if (status !== 0 && violations.length === 0) throw new Error(`tsc did not run: ${stdout}`);
  return violations;
}
