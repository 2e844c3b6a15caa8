import { playAll } from "#scenarios/play-all.ts";

describe("four processes", () => playAll("split"));
