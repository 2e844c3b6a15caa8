import { runScenarios } from "#scenarios/run-scenarios.ts";

describe("one process", () => runScenarios("monolith"));
