import { missingFrom } from "./check-service-guide.ts";

const FILES: Readonly<Record<string, string>> = {
  "services/comments/src/app.ts": "",
  "services/comments/test/counters.test.ts": "",
  "stack/src/part-names.ts": 'export const SERVICES = ["users", "images", "comments"];',
  "k8s/overlays/local/kustomization.yaml": "resources:\n  - ../../base/comments\n",
  "gateway/src/config.ts": "COMMENTS_ADDRESS: address()",
  "gateway/src/routes/likes.ts": "const path = /v1/images/comments;",
  "gateway/test/likes.test.ts": 'await stop("comments");',
  "stack/test/parts.test.ts": 'for (const name of ["users", "images", "comments"]) stop(name);',
};

function missing(guide: string): string[] {
  return missingFrom(guide, Object.keys(FILES), (path) => FILES[path] ?? "").map(
    (line) => line.split(" ")[4]?.replace(",", "") ?? "",
  );
}

describe("the guide to adding a service", () => {
  test("misses the files of the example, those that name it among the services, and tests that list all", () => {
    expect(missing("")).toEqual([
      "services/comments/src/app.ts",
      "services/comments/test/counters.test.ts",
      "stack/src/part-names.ts",
      "k8s/overlays/local/kustomization.yaml",
      "gateway/src/config.ts",
      "stack/test/parts.test.ts",
    ]);
  });

  test("names a file by its path, or by a folder that it is in", () => {
    const guide =
      "`services/comments/` and `stack/src/part-names.ts`, `gateway/src/config.ts`, `stack/test/`";
    expect(missing(guide)).toEqual(["k8s/overlays/local/kustomization.yaml"]);
  });
});
