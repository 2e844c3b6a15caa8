import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import pg from "pg";
import { priorityOf, rememberPriority } from "#admission/call-priority.ts";
import { eventually } from "#testing/eventually.ts";
import { DatabaseUnavailable, PoolBusy, QueryCanceled } from "./database-error.ts";
import { BATCH_MAX, GroupCommit, type GroupCommitOptions, QUEUE_MAX } from "./group-commit.ts";

/** A batch as the database was sent it, which the test ends. */
interface SentBatch {
  readonly items: readonly string[];
  readonly signal: AbortSignal;
  /** Answers each item in upper case. */
  succeed(): void;
  fail(error: unknown): void;
}

/** Longer than a test takes. */
const NEVER_MS = 1_000_000;

function constraintViolation(): Error {
  const error = new pg.DatabaseError("poison", 0, "error");
  error.severity = "ERROR";
  error.code = "23514";
  return error;
}

describe("a group commit", () => {
  let sent: SentBatch[];
  let group: GroupCommit<string, string>;

  beforeEach(() => {
    sent = [];
    group = groupOf({});
  });

  function groupOf(options: Partial<GroupCommitOptions<string, string>>) {
    return new GroupCommit<string, string>({
      laneOf: () => "lane",
      stallMs: NEVER_MS,
      write: (items, signal) =>
        new Promise((resolve, reject) => {
          const succeed = () => resolve(items.map((item) => item.toUpperCase()));
          sent.push({ items, signal, succeed, fail: reject });
        }),
      ...options,
    });
  }

  const signal = () => new AbortController().signal;
  const submit = (...items: string[]) => items.map((item) => group.submit(item, signal()));
  const batches = () => sent.map(({ items }) => items.join(""));
  const batch = (index: number) => {
    const found = sent[index];
    if (found === undefined) throw new Error(`no batch ${index}`);
    return found;
  };
  const batchesSent = (count: number) => eventually(() => sent.length >= count);

  /** A signal of a call with this criticality. */
  function signalOf(criticality: Criticality, deadline: number): AbortSignal {
    const own = signal();
    rememberPriority(own, { criticality, deadline });
    return own;
  }

  test("sends a lone write at once, and what arrives meanwhile together", async () => {
    const results = submit("a", "b", "c", "d");
    expect(batches()).toEqual(["a"]);
    batch(0).succeed();
    await batchesSent(2);
    batch(1).succeed();
    expect(await Promise.all(results)).toEqual(["A", "B", "C", "D"]);
    expect(batches()).toEqual(["a", "bcd"]);
  });

  test("sends the writes of two lanes apart", () => {
    group = groupOf({ laneOf: (item) => item.charAt(0) });
    void submit("a1", "b1");
    expect(batches()).toEqual(["a1", "b1"]);
  });

  test("sends a batch of a bounded size", async () => {
    void submit("-", ...Array.from({ length: BATCH_MAX + 1 }, () => "x"));
    batch(0).succeed();
    await batchesSent(2);
    batch(1).succeed();
    await batchesSent(3);
    expect(sent.map(({ items }) => items.length)).toEqual([1, BATCH_MAX, 1]);
  });

  test("refuses what its queue has no room for, as a busy pool does", async () => {
    void submit("-", ...Array.from({ length: QUEUE_MAX }, () => "x"));
    await expect(group.submit("y", signal())).rejects.toThrow(PoolBusy);
  });

  test("sends writes of one identity one after the other, in their order", async () => {
    group = groupOf({ identityOf: (item) => item });
    void submit("-", "a", "b", "a", "a");
    for (let ended = 0; ended < 3; ended++) {
      batch(ended).succeed();
      await batchesSent(ended + 2);
    }
    expect(batches()).toEqual(["-", "ab", "a", "a"]);
  });

  test("leaves out a write whose caller gives up before it is sent", async () => {
    const caller = new AbortController();
    const [, kept] = submit("-", "a");
    const left = group.submit("b", caller.signal);
    caller.abort(new Error("gone"));
    await expect(left).rejects.toThrow(QueryCanceled);
    batch(0).succeed();
    await batchesSent(2);
    batch(1).succeed();
    expect(await kept).toBe("A");
    expect(batches()).toEqual(["-", "a"]);
  });

  test("refuses a write whose caller has given up already", async () => {
    await expect(group.submit("a", AbortSignal.abort())).rejects.toThrow(QueryCanceled);
    expect(sent).toEqual([]);
  });

  test("goes on for the others when a caller gives up, and is cancelled when all have", async () => {
    const callers = [new AbortController(), new AbortController()];
    void submit("-");
    const results = callers.map((caller) => group.submit("a", caller.signal));
    batch(0).succeed();
    await batchesSent(2);
    callers[0]?.abort(new Error("gone"));
    await expect(results[0]).rejects.toThrow("may be carried out");
    expect(batch(1).signal.aborted).toBe(false);
    callers[1]?.abort(new Error("gone"));
    await expect(results[1]).rejects.toThrow("may be carried out");
    expect(batch(1).signal.aborted).toBe(true);
  });

  test("writes each alone if one breaks a constraint, and only that one fails", async () => {
    const results = submit("-", "a", "b", "c");
    batch(0).succeed();
    await batchesSent(2);
    batch(1).fail(constraintViolation());
    await batchesSent(5);
    expect(batches()).toEqual(["-", "abc", "a", "b", "c"]);
    batch(2).succeed();
    batch(3).fail(constraintViolation());
    batch(4).succeed();
    expect(await results[1]).toBe("A");
    await expect(results[2]).rejects.toThrow("poison");
    expect(await results[3]).toBe("C");
  });

  test("writes nothing again if it is unknown what was carried out", async () => {
    const results = submit("-", "a", "b");
    batch(0).succeed();
    await batchesSent(2);
    batch(1).fail(new DatabaseUnavailable("the connection was lost"));
    await expect(results[1]).rejects.toThrow(DatabaseUnavailable);
    await expect(results[2]).rejects.toThrow(DatabaseUnavailable);
    expect(batches()).toEqual(["-", "ab"]);
  });

  test("goes on after a batch that failed", async () => {
    const [lost, next] = submit("a", "b");
    batch(0).fail(new DatabaseUnavailable("down"));
    await expect(lost).rejects.toThrow(DatabaseUnavailable);
    await batchesSent(2);
    batch(1).succeed();
    expect(await next).toBe("B");
  });

  test("is as critical as its most critical call, and may take as long as the most patient", async () => {
    void submit("-");
    void group.submit("a", signalOf(Criticality.CRITICAL, 1_000));
    void group.submit("b", signalOf(Criticality.SHEDDABLE, 2_000));
    batch(0).succeed();
    await batchesSent(2);
    expect(priorityOf(batch(1).signal)).toEqual({
      criticality: Criticality.CRITICAL,
      deadline: 2_000,
    });
  });

  test("takes the most critical writes first if there are more than a batch holds", async () => {
    void submit("-", ...Array.from({ length: BATCH_MAX }, () => "x"));
    void group.submit("y", signalOf(Criticality.CRITICAL, Number.POSITIVE_INFINITY));
    batch(0).succeed();
    await batchesSent(2);
    expect(batch(1).items[0]).toBe("y");
  });

  test("does not wait for a batch that hangs, and has three in flight at most", async () => {
    group = groupOf({ laneOf: (item) => item.charAt(0), stallMs: 1 });
    const results = submit("a1", "a2");
    await batchesSent(2);
    batch(1).succeed();
    expect(await results[1]).toBe("A2");
    void submit("a3", "a4", "a5");
    // a1 and a3 hang, and then a batch of a4 and a5.
    await batchesSent(4);
    void submit("a6");
    // The clock of another lane: the batch of a4 stalls before z1 does.
    void submit("z1", "z2");
    await eventually(() => batches().includes("z2"));
    expect(batches()).not.toContain("a6");
    batch(0).succeed();
    await eventually(() => batches().includes("a6"));
  });
});
