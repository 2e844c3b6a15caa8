import { create } from "@bufbuild/protobuf";
import { JoiningSchema } from "@triptych/protos/policy/v1/policy_pb";
import { EchoService } from "#testing/echo-service.ts";
import { compileJoining } from "./joining.ts";
import { fromRequestKey } from "./request-key.ts";

const { getWord, listWords, say } = EchoService.method;
const into = (batch: string) => create(JoiningSchema, { batch });

describe("how the calls of a read are joined", () => {
  test("is by its key, or by its whole request, as its batch takes them", () => {
    const word = compileJoining(getWord, into("BatchGetWords"));
    expect(word.batch).toBe("batchGetWords");
    expect(word.keyOf(create(getWord.input, { id: "a" }))).toBe("a");
    expect(word.keyOf(create(getWord.input))).toBeUndefined();

    const list = compileJoining(listWords, into("BatchListWords"));
    const request = create(listWords.input, { start: "ä", pageToken: "\u{1f600}" });
    const key = list.keyOf(request);
    expect(key).toBe(list.keyOf(create(listWords.input, { start: "ä", pageToken: "\u{1f600}" })));
    expect(fromRequestKey(listWords.input, key ?? "")).toEqual(request);
    expect(key).not.toBe(list.keyOf(create(listWords.input, { start: "ä" })));
    expect(list.keyOf(create(listWords.input))).toBe("");
  });

  test("is refused if the batch does not exist, or has other answers", () => {
    expect(() => compileJoining(getWord, into("BatchGetNothing"))).toThrow(/does not have/);
    expect(() => compileJoining(getWord, into("BatchListWords"))).toThrow(/has no answers/);
    expect(() => compileJoining(say, into("BatchListWords"))).toThrow(/has no answers/);
  });
});
