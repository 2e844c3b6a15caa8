import { runScenarios, runScenariosAt } from "#scenarios/run-scenarios.ts";

/** Runs on a system that was started elsewhere, such as on a cluster, by its public API only. */
const { TRIPTYCH_URL } = process.env;

if (TRIPTYCH_URL) describe(`the system at ${TRIPTYCH_URL}`, () => runScenariosAt(TRIPTYCH_URL));
else describe("four processes", () => runScenarios("split"));
