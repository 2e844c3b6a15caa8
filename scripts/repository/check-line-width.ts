import { globSync, readFileSync } from "node:fs";

const COLUMNS_MAX = 100;
const FOLDERS = "{bench,chassis,docs,e2e,gateway,jest,k8s,protos,scripts,services,stack}";
const FILES = [`${FOLDERS}/**/*.{ts,js,md,proto,sql,yaml}`, "*.{md,yaml,js}", ".github/**/*.yml"];
/** Generated files, and the matrix that the chaos runs write. */
const GENERATED = /node_modules|^protos\/gen\/|^pnpm-lock|^docs\/failure-matrix\.md$/;
/** A line that is a comment and nothing else. The linter's own directives cannot be wrapped. */
const COMMENT = /^\s*(\/\/|\/\*|\*|--|#)(?! biome-ignore)/;

/** Finds comments and Markdown of more than 100 columns. The formatter wraps the code itself. */
export function findWidthViolations(): string[] {
  const paths = FILES.flatMap((pattern) =>
    globSync(pattern, { exclude: (path) => GENERATED.test(path) }),
  );
  return paths
    .filter((path) => !GENERATED.test(path))
    .flatMap((path) => {
      const text = readFileSync(path, "utf8");
      const lines = path.endsWith(".md") ? longProse(text) : longComments(text);
      return lines.map((line) => `${path}:${line}: wrap it at ${COLUMNS_MAX} columns`);
    });
}

/** Finds the numbers of the comment lines that are too long. */
export function longComments(text: string): number[] {
  return numbersOf(text.split("\n"), (line) => COMMENT.test(line));
}

/** Finds the numbers of the lines of prose that are too long: no table, no code, no heading. */
export function longProse(text: string): number[] {
  let fenced = false;
  return numbersOf(text.split("\n"), (line) => {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    return !fenced && !/^\s*[|#<]/.test(line);
  });
}

function numbersOf(lines: readonly string[], counts: (line: string) => boolean): number[] {
  return lines.flatMap((line, index) =>
    counts(line) && [...line].length > COLUMNS_MAX && canBeWrapped(line) ? [index + 1] : [],
  );
}

/** A word that is too long by itself, such as a url, stays. */
function canBeWrapped(line: string): boolean {
  return /\S\s+\S+\s*$/.test(line.replace(/^\s*(\/\/|\*|--|#|[-*]|\d+\.)?\s*/, ""));
}
