import { status } from "@grpc/grpc-js";
import { cancelled } from "#contract/cancellation.ts";
import {
  CannotConnect,
  canceledBy,
  DatabaseReadOnly,
  DatabaseUnavailable,
  PoolBusy,
  QueryCanceled,
} from "./database-error.ts";
import { databaseFailure } from "./database-failure.ts";

const { signal } = new AbortController();

describe("a database failure", () => {
  test.each([
    [new DatabaseReadOnly("no writes"), status.UNAVAILABLE, "READ_ONLY"],
    [new DatabaseUnavailable("gone"), status.UNAVAILABLE, "DATABASE_UNAVAILABLE"],
    [new CannotConnect("refused"), status.UNAVAILABLE, "DATABASE_UNAVAILABLE"],
    [new PoolBusy("no connection"), status.RESOURCE_EXHAUSTED, "OVERLOADED"],
  ])("%s becomes a status that says when to try again", (thrown, code, reason) => {
    const expected = { code, reason, retryAfterMs: 1_000, cause: thrown };
    expect(databaseFailure(thrown, signal)).toMatchObject(expected);
  });

  test("of a cancelled query is the error with which the call's signal fired", () => {
    const reason = cancelled();
    const fired = AbortSignal.abort(reason);
    expect(databaseFailure(canceledBy(fired), fired)).toBe(reason);
  });

  test("of a statement that took longer than its limit is a passed deadline", () => {
    expect(databaseFailure(new QueryCanceled("57014"), signal)).toMatchObject({
      code: status.DEADLINE_EXCEEDED,
    });
  });

  test("is none of the database's if Postgres rejected the statement itself", () => {
    expect(databaseFailure(new Error("syntax error"), signal)).toBeUndefined();
  });
});
