import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const DOCUMENTS = "{*.md,{docs,protos,chassis,services,gateway,stack,e2e,scripts,k8s}/**/*.md}";
const LINK = /\[[^\]]*\]\(([^)\s#]*)(?:#[^)]*)?\)/g;
/**
 * A path of this repository in backticks: it has a slash and an extension, or is a folder and ends
 * in a slash.
 */
const NAME = /`((?:protos|chassis|services|gateway|stack|e2e|scripts|docs|jest|k8s)\/[\w./-]*)`/g;

/** Finds broken links, and paths in backticks that do not exist. */
export function findDocumentViolations(): string[] {
  const paths = globSync(DOCUMENTS, { exclude: (path) => path.includes("node_modules") });
  return paths.flatMap((path) => {
    const text = readFileSync(path, "utf8");
    return [...brokenLinks(path, text), ...missingNames(path, text)];
  });
}

function brokenLinks(path: string, text: string): string[] {
  return [...text.matchAll(LINK)]
    .map(([, target = ""]) => target)
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target))
    .filter((target) => !existsSync(join(dirname(path), target)))
    .map((target) => `${path}: the link to ${target} leads nowhere`);
}

function missingNames(path: string, text: string): string[] {
  return [...text.matchAll(NAME)]
    .map(([, name = ""]) => name)
    .filter((name) => !existsSync(name))
    .map((name) => `${path}: there is no ${name}`);
}
