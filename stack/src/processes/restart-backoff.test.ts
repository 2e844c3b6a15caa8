import { BACKOFF_MS_MAX, createRestartBackoff } from "./restart-backoff.ts";

describe("createRestartBackoff", () => {
  test("doubles the pause from 0.2 s to 5 s with each death in a row", () => {
    const backoff = createRestartBackoff();
    const waits = Array.from({ length: 7 }, () => backoff.next(0));
    expect(waits).toEqual([200, 400, 800, 1_600, 3_200, BACKOFF_MS_MAX, BACKOFF_MS_MAX]);
  });

  test("starts at the first pause again after a run of a minute", () => {
    const backoff = createRestartBackoff();
    for (let deaths = 0; deaths < 5; deaths++) backoff.next(0);
    expect([backoff.next(60_000), backoff.next(0)]).toEqual([200, 400]);
  });
});
