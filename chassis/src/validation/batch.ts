import { Failure } from "#contract/failure.ts";

/** A message takes twice as many; its other fields need some. */
const BATCH_BYTES_MAX = 2 * 1024 * 1024;
/** A UTF-16 code unit is at most three bytes of UTF-8. */
const BYTES_PER_CODE_UNIT = 3;

/**
 * Reads each request of a batch. One that its method would refuse becomes undefined, and says
 * nothing about the others.
 */
export function readEach<Request, Query>(
  requests: readonly Request[],
  read: (request: Request) => Query,
): readonly (Query | undefined)[] {
  return requests.map((request) => {
    try {
      return read(request);
    } catch (thrown) {
      if (thrown instanceof Failure) return undefined;
      throw thrown;
    }
  });
}

/**
 * Returns the answers of a batch that fit into its message together; those that do not become
 * undefined. `codeUnitsOf` returns the length of the texts in an answer.
 */
export function fitIntoBatch<Answer>(
  answers: readonly (Answer | undefined)[],
  codeUnitsOf: (answer: Answer) => number,
): readonly (Answer | undefined)[] {
  let left = BATCH_BYTES_MAX;
  return answers.map((answer) => {
    if (answer === undefined) return undefined;
    const bytes = codeUnitsOf(answer) * BYTES_PER_CODE_UNIT;
    if (bytes > left) return undefined;
    left -= bytes;
    return answer;
  });
}
