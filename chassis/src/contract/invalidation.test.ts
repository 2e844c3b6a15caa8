import { create } from "@bufbuild/protobuf";
import { InvalidationSchema } from "@triptych/protos/policy/v1/policy_pb";
import { EchoService } from "#testing/echo-service.ts";
import { compileInvalidation } from "./invalidation.ts";

const { tell, batchGetWords } = EchoService.method;

function compile(key: string, method = "BatchGetWords") {
  return compileInvalidation(tell, create(InvalidationSchema, { method, key }));
}

describe("an invalidation", () => {
  const request = create(tell.input, { value: "asked" });
  const response = create(tell.output, { value: "answered" });

  test("has the name of the batch in a client, and the key from the request or the response", () => {
    expect(compile("request.value").batch).toBe(batchGetWords.localName);
    expect(compile("request.value").keyOf(request, response)).toBe("asked");
    expect(compile("request.value").keyOf(request, undefined)).toBe("asked");
    expect(compile("response.value").keyOf(request, response)).toBe("answered");
  });

  test("has no key if it is in the response, and there is none or it is empty", () => {
    expect(compile("response.value").keyOf(request, undefined)).toBeUndefined();
    expect(compile("response.value").keyOf(request, create(tell.output))).toBeUndefined();
  });

  test.each(["request.id", "answer.value", "request", "response.value.text"])(
    "is refused if its key is no field: %s",
    (key) => {
      expect(() => compile(key)).toThrow(/key|has no/);
    },
  );

  test("is refused if its service has no such batch", () => {
    expect(() => compile("request.value", "BatchGetThings")).toThrow("BatchGetThings");
  });
});
