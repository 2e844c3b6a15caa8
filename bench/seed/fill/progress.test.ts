import { Progress } from "./progress.ts";

function progressOn(isTTY: boolean, columns = 60) {
  const written: string[] = [];
  const output = { isTTY, columns, write: (text: string) => written.push(text) };
  return { progress: new Progress(output), written };
}

test("writes a line for each tenth where there is no terminal", () => {
  const { progress, written } = progressOn(false);
  progress.begin("likes", 1_000);
  for (let index = 0; index < 1_000; index++) progress.count(index < 400 ? "found" : "created");
  expect(progress.end()).toBe(600);
  expect(written).toHaveLength(11);
  expect(written.at(-1)).toBe("likes     100 %  1000/1000, 600 new\n");
});

test("draws a bar in a terminal, on one line that fits", () => {
  const { progress, written } = progressOn(true);
  progress.begin("likes", 4);
  for (let index = 0; index < 4; index++) progress.count("created");
  progress.end();
  expect(written.at(-1)).toBe("\n");
  expect(written.at(-2)).toContain(`\r\u001b[K${"█".repeat(28)} likes`);
  for (const text of written) expect(text.replace("\r\u001b[K", "").length).toBeLessThan(60);
});

test("takes a terminal without a width for one of 80 columns", () => {
  const { progress, written } = progressOn(true, 0);
  progress.begin("likes", 4);
  progress.end();
  expect(written[0]).toMatch(/0\/4, 0 new$/);
});
