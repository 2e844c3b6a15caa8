import { canceledBy, DatabaseUnavailable } from "./database-error.ts";
import { createPing } from "./ping.ts";

const LONG_MS = 60_000;

describe("a ping", () => {
  test("is asked once for all who ask at the same time, and once more when it has failed", async () => {
    const questions: PromiseWithResolvers<void>[] = [];
    const ping = createPing(() => {
      const question = Promise.withResolvers<void>();
      questions.push(question);
      return question.promise;
    });
    const [first, second] = [ping(LONG_MS), ping(LONG_MS)];
    questions[0]?.reject(new DatabaseUnavailable("it is gone"));
    await expect(first).rejects.toThrow("it is gone");
    await expect(second).rejects.toThrow("it is gone");
    // The answer is given again for a moment, and then the question is asked anew.
    while (questions.length === 1) await ping(1).catch(() => undefined);
    questions[1]?.resolve();
    await ping(LONG_MS);
    expect(questions).toHaveLength(2);
  });

  test("is given up by whoever can wait no longer, and goes on for the others", async () => {
    const question = Promise.withResolvers<void>();
    const ping = createPing(() => question.promise);
    const patient = ping(LONG_MS);
    await expect(ping(1)).rejects.toThrow(DatabaseUnavailable);
    question.resolve();
    await patient;
  });

  test("bounds its question, also if its askers would wait for ever", async () => {
    const ping = createPing(
      (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(canceledBy(signal))),
        ),
    );
    await expect(ping(LONG_MS)).rejects.toThrow(DatabaseUnavailable);
  });
});
