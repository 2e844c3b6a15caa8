import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/**
 * Lints a file with these imports, as if it were at this path of the repository. Returns the
 * messages of the linter.
 */
function lint(path: string, imports: string): string {
  const root = mkdtempSync(join(tmpdir(), "triptych-lint-"));
  try {
    copyFileSync("biome.json", join(root, "biome.json"));
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), `${imports}\n`);
    const options = ["lint", "--only=style/noRestrictedImports", "--reporter=github", path];
    const { stdout } = spawnSync(resolve("node_modules/.bin/biome"), options, {
      cwd: root,
      encoding: "utf8",
    });
    return stdout;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const LOCKED = [
  ["services/users/src/domain/x.ts", 'import "pg";', "The domain knows no SQL"],
  ["services/users/src/domain/x.ts", 'import "#repository/y.ts";', "Imports point at domain/"],
  ["services/users/src/domain/x.ts", 'import "@triptych/protos/users/v1/user_pb";', "wire format"],
  [
    "services/users/src/domain/x.ts",
    'import "@triptych/chassis/rpc/call-context";',
    "The domain is given an Asker",
  ],
  [
    "services/users/src/domain/x.ts",
    'import "@triptych/chassis/database/pool";',
    "The domain is given an Asker",
  ],
  [
    "services/users/src/domain/x.ts",
    'import "@triptych/chassis/telemetry/metrics";',
    "The domain is given an Asker",
  ],
  ["services/users/src/grpc/x.ts", 'import "@triptych/images/app";', "through its contract"],
  ["services/users/src/grpc/x.ts", 'import "../y.ts";', "#room/x.ts"],
  ["gateway/src/x.ts", 'import "@triptych/comments/app";', "through its contract"],
  ["chassis/src/x.ts", 'import "@triptych/protos/users/v1/user_pb";', "The chassis knows no user"],
  ["e2e/src/x.ts", 'import "@triptych/chassis/contract/failure";', "front door"],
] as const;

const OPEN = [
  ["services/users/src/domain/x.ts", 'import "@triptych/chassis/contract/failure";'],
  ["services/users/src/domain/x.ts", 'import "@triptych/chassis/identity/asker";'],
  ["services/users/src/domain/x.ts", 'import "./y.ts";'],
  ["services/users/src/grpc/x.ts", 'import "#domain/y.ts";'],
  ["services/users/src/repository/x.ts", 'import "@triptych/chassis/database/database";'],
  ["gateway/src/x.ts", 'import "@triptych/protos/comments/v1/comment_pb";'],
] as const;

describe("imports between rooms", () => {
  test.each(LOCKED)("in %s the linter refuses %s, and says why", (path, source, why) => {
    expect(lint(path, source)).toContain(why);
  });

  test.each(OPEN)("in %s the linter allows %s", (path, source) => {
    expect(lint(path, source)).not.toContain("noRestrictedImports");
  });
});
