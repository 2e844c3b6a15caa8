import { ErrorReasonSchema } from "@triptych/protos/users/v1/user_pb";
import { REASON_STATUS } from "./reason-status.ts";

test("users has a status for exactly the reasons of the contract", () => {
  const declared = ErrorReasonSchema.values
    .map(({ name }) => name.replace(/^ERROR_REASON_/, ""))
    .filter((name) => name !== "UNSPECIFIED");
  expect(Object.keys(REASON_STATUS).sort()).toEqual(declared.sort());
});
