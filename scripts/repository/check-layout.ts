import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";

const FILE_LINES_MAX = 300;
const FOLDER_SOURCES_MAX = 20;
const NAMES_THAT_SAY_NOTHING = /^(utils?|helpers?|common|misc|lib|types|interfaces)$/;
const SOURCES = "{chassis,services/*,gateway,stack,e2e,bench,scripts}/**/*.ts";

/** The files that every service has. */
const HOUSE_PLAN = [
  "README.md",
  "migrations",
  "src/app.ts",
  "src/config.ts",
  "src/main.ts",
  "src/migrate-main.ts",
  "src/migrations.ts",
  "src/domain/reasons.ts",
  "src/grpc/handlers.ts",
  "src/grpc/messages.ts",
  "src/grpc/requests.ts",
  "src/grpc/reason-status.ts",
  "src/repository",
  "test",
];

/**
 * Finds files that are too long, folders that are too full, names that say nothing, and services
 * that leave the house plan.
 */
export function findLayoutViolations(): string[] {
  const paths = globSync(SOURCES, { exclude: (path) => path.includes("node_modules") });
  return [
    ...paths.flatMap(violationsOfSource),
    ...violationsOfFolders(paths),
    ...globSync("services/*/package.json").flatMap((path) => violationsOfService(dirname(path))),
    ...globSync("{services/*,gateway}/src/**/*.ts").flatMap(violationsOfEnvironment),
  ];
}

function violationsOfSource(path: string): string[] {
  const lines = readFileSync(path, "utf8").split("\n").length - 1;
  const name = basename(path).replace(/(\.test|\.fixture)?\.ts$/, "");
  const violations = [];
  if (lines > FILE_LINES_MAX) {
    violations.push(
      `${path}: ${lines} lines, and ${FILE_LINES_MAX} are the limit: which two reasons to exist has it?`,
    );
  }
  if (NAMES_THAT_SAY_NOTHING.test(name)) {
    violations.push(`${path}: name it after what it exports`);
  }
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    violations.push(`${path}: file names are kebab-case`);
  }
  return violations;
}

function violationsOfFolders(paths: readonly string[]): string[] {
  const sources = paths.filter((path) => !/\.(test|fixture)\.ts$/.test(path));
  return [...Map.groupBy(sources, dirname)]
    .filter(([, files]) => files.length > FOLDER_SOURCES_MAX)
    .map(
      ([folder, files]) =>
        `${folder}: ${files.length} sources, and ${FOLDER_SOURCES_MAX} are the limit: which rooms are in it?`,
    );
}

function violationsOfService(folder: string): string[] {
  return HOUSE_PLAN.filter((part) => !existsSync(`${folder}/${part}`)).map(
    (part) => `${folder}: has no ${part}, which the house plan asks for`,
  );
}

function violationsOfEnvironment(path: string): string[] {
  const named = /process\.env\b/.test(readFileSync(path, "utf8"));
  const allowed = /\/(config|main|[a-z-]+-main)\.ts$|\.test\.ts$/.test(path);
  return named && !allowed
    ? [`${path}: reads the environment, which only config.ts and main.ts may`]
    : [];
}
