import { Failure, invalidFields, isFailure } from "./failure.ts";

describe("a failure", () => {
  test("carries its reason, its details and its cause", () => {
    const cause = new Error("duplicate key");
    const failure = new Failure("HANDLE_TAKEN", "The handle ada is taken: choose another.", {
      metadata: { handle: "ada" },
      retryAfterMs: 50,
      cause,
    });

    expect(failure).toBeInstanceOf(Error);
    expect(failure.name).toBe("Failure");
    expect(failure.reason).toBe("HANDLE_TAKEN");
    expect(failure.metadata).toEqual({ handle: "ada" });
    expect(failure.violations).toEqual([]);
    expect(failure.retryAfterMs).toBe(50);
    expect(failure.cause).toBe(cause);
  });

  test("has no cause unless one is given", () => {
    expect("cause" in new Failure("IMAGE_NOT_FOUND", "There is no such image.")).toBe(false);
  });

  test("names every bad field, in its message too", () => {
    const violations = [
      { field: "page_size", message: "must not be negative" },
      { field: "page_token", message: "belongs to another query" },
    ];
    const failure = invalidFields("INVALID_ARGUMENT", violations);

    expect(failure.violations).toEqual(violations);
    expect(failure.message).toBe(
      "page_size: must not be negative; page_token: belongs to another query",
    );
  });
});

describe("isFailure", () => {
  const failure = new Failure("IMAGE_NOT_FOUND", "There is no such image.");

  test("takes any failure if no reason is asked for", () => {
    expect(isFailure(failure)).toBe(true);
    expect(isFailure(new Error("IMAGE_NOT_FOUND"))).toBe(false);
    expect(isFailure(undefined)).toBe(false);
  });

  test("takes only the reasons that are asked for", () => {
    expect(isFailure(failure, "BLOCKED", "IMAGE_NOT_FOUND")).toBe(true);
    expect(isFailure(failure, "BLOCKED")).toBe(false);
  });
});
