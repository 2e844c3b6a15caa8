import { ErrorReasonSchema } from "@triptych/protos/images/v1/image_pb";
import { REASON_STATUS } from "./reason-status.ts";

test("every reason of the contract has a status, and no other", () => {
  const names = ErrorReasonSchema.values.map(({ name }) => name.replace("ERROR_REASON_", ""));
  expect(Object.keys(REASON_STATUS).sort()).toEqual(
    names.filter((name) => name !== "UNSPECIFIED").sort(),
  );
});
