import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const DOCUMENTS =
  "{*.md,{docs,protos,chassis,services,gateway,stack,e2e,bench,scripts,k8s}/**/*.md}";
const LINK = /\[([^\]]*)\]\(([^)\s#]*)(?:#([^)\s]*))?\)/g;
/** A path in backticks, from the root of the repository, or from the package of the document. */
const NAME =
  /`((?:protos|chassis|services|gateway|stack|e2e|bench|scripts|docs|jest|k8s|src|test|migrations)\/[\w./-]*)`/g;
const OF_PACKAGE = /^(src|test|migrations)\//;
const FENCE = /^\s*(```|~~~)[\s\S]*?^\s*\1/gm;

/** Finds broken links, with their anchors and file names, and paths that do not exist. */
export function findDocumentViolations(): string[] {
  const paths = globSync(DOCUMENTS, { exclude: (path) => path.includes("node_modules") });
  return paths.flatMap((path) => {
    const text = readFileSync(path, "utf8");
    return [...brokenLinks(path, text), ...missingNames(path, text)];
  });
}

function brokenLinks(path: string, text: string): string[] {
  return [...text.matchAll(LINK)].flatMap(([, label = "", target = "", anchor]) => {
    if (/^[a-z]+:/.test(target)) return [];
    const file = target === "" ? path : join(dirname(path), target);
    if (!existsSync(file)) return [`${path}: the link to ${target} leads nowhere`];
    if (/^[\w-]+\.[a-z]+$/.test(label) && !target.endsWith(`/${label}`) && target !== label) {
      return [`${path}: the link to ${target} is called ${label}`];
    }
    if (anchor === undefined || !file.endsWith(".md")) return [];
    const exists = anchorsOf(readFileSync(file, "utf8")).has(anchor);
    return exists ? [] : [`${path}: ${file} has no heading for #${anchor}`];
  });
}

/** Lists the anchors of a document's headings, as GitHub derives them. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.replace(FENCE, "").matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replace(/\s/g, "-"),
    ),
  );
}

function missingNames(path: string, text: string): string[] {
  return [...text.matchAll(NAME)]
    .map(([, name = ""]) => name)
    .filter((name) => {
      if (!OF_PACKAGE.test(name)) return !existsSync(name);
      return (
        existsSync(join(dirname(path), "package.json")) && !existsSync(join(dirname(path), name))
      );
    })
    .map((name) => `${path}: there is no ${name}`);
}
