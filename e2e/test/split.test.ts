import { runScenarios, runScenariosAt } from "#scenarios/run-scenarios.ts";

/** A system that runs elsewhere, such as on a cluster, is played on through its front door only. */
const { TRIPTYCH_URL } = process.env;

if (TRIPTYCH_URL) describe(`the system at ${TRIPTYCH_URL}`, () => runScenariosAt(TRIPTYCH_URL));
else describe("four processes", () => runScenarios("split"));
