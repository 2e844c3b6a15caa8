import { playAll } from "#scenarios/run-scenarios.ts";

describe("one process", () => playAll("monolith"));
