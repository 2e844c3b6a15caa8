import { canceledBy, DatabaseUnavailable } from "./database-error.ts";
import { createProbe } from "./probe.ts";

const LONG_MS = 60_000;

describe("a probe", () => {
  test("runs one query for callers at the same time, and another after it has failed", async () => {
    const questions: PromiseWithResolvers<void>[] = [];
    const probe = createProbe(() => {
      const question = Promise.withResolvers<void>();
      questions.push(question);
      return question.promise;
    });
    const [first, second] = [probe(LONG_MS), probe(LONG_MS)];
    questions[0]?.reject(new DatabaseUnavailable("it is gone"));
    await expect(first).rejects.toThrow("it is gone");
    await expect(second).rejects.toThrow("it is gone");
    // The result is reused for 100 ms, and then the query runs again.
    while (questions.length === 1) await probe(1).catch(() => undefined);
    questions[1]?.resolve();
    await probe(LONG_MS);
    expect(questions).toHaveLength(2);
  });

  test("goes on for other callers if one can wait no longer", async () => {
    const question = Promise.withResolvers<void>();
    const probe = createProbe(() => question.promise);
    const patient = probe(LONG_MS);
    await expect(probe(1)).rejects.toThrow(DatabaseUnavailable);
    question.resolve();
    await patient;
  });

  test("bounds its query, also if its callers would wait forever", async () => {
    const probe = createProbe(
      (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(canceledBy(signal))),
        ),
    );
    await expect(probe(LONG_MS)).rejects.toThrow(DatabaseUnavailable);
  });
});
