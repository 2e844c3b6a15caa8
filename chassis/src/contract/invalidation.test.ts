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

  test("names the batch as a client has it, and the key by the request or the response", () => {
    expect(compile("request.value").batch).toBe(batchGetWords.localName);
    expect(compile("request.value").keyOf(request, response)).toBe("asked");
    expect(compile("request.value").keyOf(request, undefined)).toBe("asked");
    expect(compile("response.value").keyOf(request, response)).toBe("answered");
  });

  test("knows no key if only the response tells, and it is not there or says nothing", () => {
    expect(compile("response.value").keyOf(request, undefined)).toBeUndefined();
    expect(compile("response.value").keyOf(request, create(tell.output))).toBeUndefined();
  });

  test.each(["request.id", "answer.value", "request", "response.value.text"])(
    "is not made by a key that is no field: %s",
    (key) => {
      expect(() => compile(key)).toThrow(/key|has no/);
    },
  );

  test("is not made for a batch that its service does not have", () => {
    expect(() => compile("request.value", "BatchGetThings")).toThrow("BatchGetThings");
  });
});
