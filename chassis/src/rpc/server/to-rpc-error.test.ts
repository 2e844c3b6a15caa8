import { status } from "@grpc/grpc-js";
import { Failure } from "#contract/failure.ts";
import { RpcError } from "#contract/rpc-error.ts";
import { toRpcError } from "./to-rpc-error.ts";

const ECHO = { errorDomain: "echo.triptych", reasonStatus: { ECHO_NOT_FOUND: status.NOT_FOUND } };
const outage = new RpcError(status.UNAVAILABLE, "the database is away");
const noOutage = () => undefined;

describe("what a handler throws", () => {
  test("becomes the status of its reason, with all that the failure says", () => {
    const metadata = { id: "e" };
    const thrown = new Failure("ECHO_NOT_FOUND", "There is no such echo.", { metadata });
    expect(toRpcError(thrown, ECHO, noOutage)).toMatchObject({
      code: status.NOT_FOUND,
      message: "There is no such echo.",
      reason: "ECHO_NOT_FOUND",
      domain: "echo.triptych",
      metadata,
      cause: thrown,
    });
  });

  test("has one stack, that of the failure, since no more is worth its price", () => {
    const thrown = new Failure("ECHO_NOT_FOUND", "There is no such echo.");
    expect(thrown.stack).toContain("    at ");
    expect(toRpcError(thrown, ECHO, noOutage).stack).not.toContain("    at ");
  });

  test("stays what it is if it has a status already", () => {
    expect(toRpcError(outage, ECHO, noOutage)).toBe(outage);
  });

  test("becomes the status of an outage if it is one", () => {
    expect(toRpcError(new Error("away"), ECHO, () => outage)).toBe(outage);
  });

  test.each([new Error("a defect"), new Failure("UNLISTED", "No table knows this.")])(
    "becomes INTERNAL without its message otherwise: %s",
    (thrown) => {
      const error = toRpcError(thrown, ECHO, noOutage);
      expect(error).toMatchObject({ code: status.INTERNAL, reason: "INTERNAL", cause: thrown });
      expect(error.message).toBe("internal error");
    },
  );
});
