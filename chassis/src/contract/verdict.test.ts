import { status } from "@grpc/grpc-js";
import { RpcError } from "./rpc-error.ts";
import { CALLER_LEFT, judge, speaksAgainstReplica } from "./verdict.ts";

const failed = (code: status, reason = "", message = "no") =>
  new RpcError(code, message, { reason });

const NEITHER = { isUnavailable: false, isLost: false, isRefusedUnread: false };
const UNAVAILABLE = { ...NEITHER, isUnavailable: true };
const LOST = { ...UNAVAILABLE, isLost: true };

describe("the verdict on a failed call", () => {
  test.each([
    [
      "a refusal by a rule",
      failed(status.NOT_FOUND, "IMAGE_NOT_FOUND"),
      { health: "good", ...NEITHER },
    ],
    ["a lost connection", failed(status.UNAVAILABLE), { health: "bad", ...LOST }],
    [
      "a call that was refused unread",
      failed(status.UNAVAILABLE, "", "Stream refused by server"),
      { health: "bad", ...LOST, isRefusedUnread: true },
    ],
    [
      "a database that is away",
      failed(status.UNAVAILABLE, "DATABASE_UNAVAILABLE"),
      { health: "bad", ...UNAVAILABLE },
    ],
    ["a late answer", failed(status.DEADLINE_EXCEEDED), { health: "bad", ...UNAVAILABLE }],
    [
      "a defect that one request meets",
      failed(status.INTERNAL, "INTERNAL"),
      { health: "good", ...UNAVAILABLE },
    ],
    ["a stream that was reset", failed(status.INTERNAL), { health: "bad", ...UNAVAILABLE }],
    ["a cancellation", failed(status.CANCELLED), { health: "unknown", ...UNAVAILABLE }],
    [
      "a refused write",
      failed(status.UNAVAILABLE, "READ_ONLY"),
      { health: "unknown", ...UNAVAILABLE },
    ],
    [
      "a call that was shed",
      failed(status.RESOURCE_EXHAUSTED, "OVERLOADED"),
      { health: "unknown", ...UNAVAILABLE },
    ],
    [
      "a message that is too large for the transport",
      failed(status.RESOURCE_EXHAUSTED),
      { health: "bad", ...UNAVAILABLE },
    ],
    ["an error that no callee sends", new Error("no"), { health: "bad", ...NEITHER }],
  ])("is right for %s", (_, error, verdict) => {
    expect(judge(error)).toEqual(verdict);
  });

  test("says nothing about the callee if the call was cut short", () => {
    for (const code of [status.DEADLINE_EXCEEDED, status.UNAVAILABLE, status.NOT_FOUND]) {
      expect(judge(failed(code), true).health).toBe("unknown");
    }
  });
});

describe("a call that ended", () => {
  test("speaks against its replica as it does against the callee", () => {
    expect(speaksAgainstReplica(failed(status.UNAVAILABLE), 0)).toBe(true);
    expect(speaksAgainstReplica(failed(status.UNAVAILABLE, "READ_ONLY"), 0)).toBe(false);
    expect(speaksAgainstReplica(failed(status.NOT_FOUND), 0)).toBe(false);
  });

  test("speaks against its replica if it was cancelled late", () => {
    expect(speaksAgainstReplica(failed(status.CANCELLED), 100)).toBe(false);
    expect(speaksAgainstReplica(failed(status.CANCELLED), 250)).toBe(true);
  });

  test("does not speak against its replica if its caller left, however late", () => {
    expect(speaksAgainstReplica(failed(status.CANCELLED, "", CALLER_LEFT), 60_000)).toBe(false);
  });
});
