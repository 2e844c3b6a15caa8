/**
 * `pnpm test` without arguments runs all tests. Coverage is measured only then, because it takes
 * time.
 */
const runsEverything = process.argv.length <= 2;

/**
 * One configuration for every package: one real Postgres per run, and one test file at a time per
 * core.
 */
export default {
  testEnvironment: "node",
  roots: [
    "<rootDir>/chassis",
    "<rootDir>/services",
    "<rootDir>/gateway",
    "<rootDir>/stack",
    "<rootDir>/e2e",
    "<rootDir>/bench",
    "<rootDir>/scripts",
  ],
  testMatch: ["**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/jest/strip-types.js" },
  globalSetup: "<rootDir>/jest/start-postgres.js",
  globalTeardown: "<rootDir>/jest/stop-postgres.js",
  testTimeout: 60_000,
  maxWorkers: 2,
  collectCoverage: runsEverything,
  collectCoverageFrom: ["**/src/**/*.ts", "!**/*.test.ts", "!**/node_modules/**"],
  coverageReporters: ["text-summary", "lcov"],
};
