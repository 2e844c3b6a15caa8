import { status } from "@grpc/grpc-js";
import { overloaded } from "#admission/overloaded.ts";
import { cancelled, deadlineExceeded, deadlineTooShort } from "./cancellation.ts";
import { RpcError, refusal } from "./rpc-error.ts";

describe("an error that is control flow", () => {
  test.each([
    ["refusal", () => refusal(status.UNAVAILABLE, "not now", { reason: "TEST" })],
    ["deadlineExceeded", deadlineExceeded],
    ["deadlineTooShort", deadlineTooShort],
    ["cancelled", cancelled],
    ["overloaded", overloaded],
  ])("has no stack, and is an RpcError in all else: %s", (_, make) => {
    const error = make();
    expect(error).toBeInstanceOf(RpcError);
    expect(error.reason).not.toBe("");
    expect(error.message).not.toBe("");
    expect(error.stack).not.toContain("\n    at ");
  });

  test("leaves the stacks of other errors alone", () => {
    cancelled();
    expect(new RpcError(status.INTERNAL, "a defect").stack).toContain("\n    at ");
  });
});
