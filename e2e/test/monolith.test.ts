import { playAll } from "#scenarios/play-all.ts";

describe("one process", () => playAll("monolith"));
