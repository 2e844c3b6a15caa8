import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const GUIDE = "docs/adding-a-service.md";
/** The service that the guide takes as its example. */
const EXAMPLE = "comments";

/** A path in backticks. A folder ends in a slash, and stands for all that is in it. */
const PATH = /`((?:[\w.-]+\/)+[\w.-]*|[\w.-]+\.(?:json|ya?ml)|CODEOWNERS|Dockerfile)`/g;
/** The folders that belong to the example alone: each of their files is one to write. */
const OWN = new RegExp(`^(services|protos|k8s/base)/${EXAMPLE}/`);
/**
 * Where one of several services is named: as a word of its own, a package, an address, a client.
 */
const NAMED = new RegExp(
  [
    `["'\`]${EXAMPLE}["'\`]`,
    `@triptych/${EXAMPLE}\\b`,
    `(services|base)/${EXAMPLE}\\b`,
    `\\b${EXAMPLE}-(db|database|key|migrate)\\b`,
    `\\b${EXAMPLE.toUpperCase()}_[A-Z]`,
    `\\bname: ${EXAMPLE}\\b`,
    `^  ${EXAMPLE}:$`,
    `\\b${EXAMPLE}: (\\w+\\.calledBy|transport)`,
  ].join("|"),
  "m",
);
/** Tests choose a service as an example, documents tell of all, and the other services call it. */
const LEFT_OUT =
  /\.(test|fixture)\.ts$|\/testing\/|(^|\/)test\/|\.md$|^protos\/(gen|images|users)\/|^gateway\/openapi\.json$|^pnpm-lock|^services\/(users|images)\/|^scripts\/repository\/|^buf\.yaml$/;

/**
 * Finds the files that a new service touches and the guide does not name. It looks for them as if a
 * fourth service were added by the guide: all files of the example's own folders, and every other
 * file in which the example is named among the services.
 */
export function findGuideViolations(): string[] {
  const guide = readFileSync(GUIDE, "utf8");
  const { stdout } = spawnSync("git", ["ls-files", "-co", "--exclude-standard"], {
    encoding: "utf8",
  });
  const paths = stdout.split("\n").filter((path) => path !== "" && existsSync(path));
  return missingFrom(guide, paths, (path) => readFileSync(path, "utf8"));
}

/** Finds what is missing in a guide, among files whose text is read by `textOf`. */
export function missingFrom(
  guide: string,
  paths: readonly string[],
  textOf: (path: string) => string,
): string[] {
  const named = [...guide.matchAll(PATH)].map(([, path = ""]) => path);
  const isNamed = (path: string) =>
    named.some((name) => name === path || (name.endsWith("/") && path.startsWith(name)));
  return paths
    .filter((path) => (OWN.test(path) || !LEFT_OUT.test(path)) && !isNamed(path))
    .filter((path) => OWN.test(path) || NAMED.test(textOf(path)))
    .map((path) => `${GUIDE}: does not name ${path}, which a new service touches`);
}
