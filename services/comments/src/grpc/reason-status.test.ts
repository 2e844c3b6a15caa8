import { ErrorReasonSchema } from "@triptych/protos/comments/v1/comment_pb";
import { REASON_STATUS } from "./reason-status.ts";

test("REASON_STATUS has a status for exactly the reasons of the contract", () => {
  const declared = ErrorReasonSchema.values
    .filter(({ number }) => number !== 0)
    .map(({ name }) => name.replace("ERROR_REASON_", ""));
  expect(Object.keys(REASON_STATUS).sort()).toEqual(declared.sort());
});
