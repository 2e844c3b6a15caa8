import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const GUIDE = "docs/adding-a-service.md";
/** The service that the guide takes as its example. */
const EXAMPLE = "comments";

/** A path in backticks. A folder ends in a slash, and stands for all that is in it. */
const PATH = /`((?:[\w.-]+\/)+[\w.-]*|[\w.-]+\.(?:json|ya?ml)|CODEOWNERS|Dockerfile)`/g;
/** The folders that belong to the example alone: each of their files is one to write. */
const OWN = new RegExp(`^(services|protos|k8s/base)/${EXAMPLE}/`);
/** Where all services are named, one after another or each by its own line. */
const LISTED = [
  `\\bimages["']?(,| and| or)\\s+["']?${EXAMPLE}\\b`,
  "\\bImageService, CommentService\\b",
  `@triptych/${EXAMPLE}\\b`,
  `\\b${EXAMPLE.toUpperCase()}_[A-Z]`,
  `\\b${EXAMPLE}: (\\w+\\(|\\w+\\.calledBy|transport)`,
  `\\b${EXAMPLE}-database\\b`,
];
/** Where it is named alone: as a word, a place, a part, or by a name of its resource. */
const NAMED_ALONE = [
  `["'\`]${EXAMPLE}["'\`]`,
  `(services|base)/${EXAMPLE}\\b`,
  `\\b${EXAMPLE}-(db|key|migrate)\\b`,
  `\\bname: ${EXAMPLE}\\b`,
  `^  ${EXAMPLE}:$`,
  "\\bCOMMENT_[A-Z]",
  "\\bcomment(Id|Key)\\b",
];
const NAMED = new RegExp([...LISTED, ...NAMED_ALONE].join("|"), "m");
/** Tests choose a service as an example. One that lists all of them lists a new one too. */
const TEST = /\.(test|fixture)\.ts$|\/testing\/|(^|\/)test\//;
const NAMED_IN_TEST = new RegExp(LISTED.join("|"));
/** Documents describe all services, and the other services call it. */
const LEFT_OUT =
  /\.md$|^protos\/(gen|images|users)\/|^gateway\/openapi\.json$|^pnpm-lock|^services\/(users|images)\/|^scripts\/repository\/|^buf\.yaml$/;

/**
 * Finds the files that a new service touches and the guide does not name. It looks for them as if a
 * fourth service were added by the guide: all files of the example's own folders, every other file
 * in which the example is named among the services, and each test that lists all of them.
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
    .filter((path) => OWN.test(path) || namedIn(path).test(textOf(path)))
    .map((path) => `${GUIDE}: does not name ${path}, which a new service touches`);
}

function namedIn(path: string): RegExp {
  return TEST.test(path) ? NAMED_IN_TEST : NAMED;
}
