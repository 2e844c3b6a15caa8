import { create, type MessageInitShape, setExtension } from "@bufbuild/protobuf";
import {
  durationFromMs,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FileDescriptorProtoSchema,
  MethodDescriptorProtoSchema,
  MethodOptions_IdempotencyLevel,
  MethodOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import {
  Criticality,
  InvalidationSchema,
  JoiningSchema,
  type MethodPolicy,
  MethodPolicySchema,
  method_policy,
  StreamPolicySchema,
} from "@triptych/protos/policy/v1/policy_pb";

/** The timeout of a call of the echo service. */
export const ECHO_TIMEOUT_MS = 1000;
/**
 * The timeout of `Tell`, `Ask` and `Collect`: longer than a test of theirs takes, on any machine.
 */
const ECHO_LONG_TIMEOUT_MS = 5_000;
/** The longest wait for a message of `Count`. */
const ECHO_MESSAGE_TIMEOUT_MS = 3_000;
/** How long the streams may last: longer than a test takes. */
const ECHO_LIFETIME_MS = 30_000;
/** How long the caller of a stream may be silent. */
const ECHO_SILENCE_MS = 8_000;
/** The only process that may call it. */
export const ECHO_CALLER = "gateway";
/** When a slow `Ask` or `Count` is hedged. */
export const ECHO_HEDGE_AFTER_MS = 500;
/** For how long a word is served from the cache. */
const ECHO_FRESH_MS = 60_000;

const { NO_SIDE_EFFECTS, IDEMPOTENCY_UNKNOWN } = MethodOptions_IdempotencyLevel;
const HOUR_MS = 3_600_000;

/** The descriptor of the echo service, as a proto file would define it. */
export function echoFile(wrappers: string): MessageInitShape<typeof FileDescriptorProtoSchema> {
  const text = wrapper("StringValue");
  const number = wrapper("UInt32Value");
  return {
    name: "echo/v1/echo.proto",
    package: "echo.v1",
    syntax: "proto3",
    dependency: [wrappers],
    messageType: [
      { name: "Word", field: [stringField("id", 1), stringField("text", 2)] },
      { name: "GetWordRequest", field: [stringField("id", 1)] },
      { name: "BatchGetWordsRequest", field: [repeated(stringField("ids", 1))] },
      { name: "BatchGetWordsResponse", field: [repeated(messageField("words", "Word"))] },
      {
        name: "ListWordsRequest",
        field: [stringField("start", 1), stringField("page_token", 2)],
      },
      { name: "ListWordsResponse", field: [repeated(messageField("words", "Word"))] },
      {
        name: "BatchListWordsRequest",
        field: [repeated(messageField("requests", "ListWordsRequest"))],
      },
      { name: "ListWordsResult", field: [messageField("page", "ListWordsResponse")] },
      {
        name: "BatchListWordsResponse",
        field: [repeated(messageField("results", "ListWordsResult"))],
      },
    ],
    service: [
      {
        name: "EchoService",
        method: [
          method("Say", [text, text]),
          method("Tell", [text, text], {
            idempotency: IDEMPOTENCY_UNKNOWN,
            timeout: durationFromMs(ECHO_LONG_TIMEOUT_MS),
            invalidates: [
              create(InvalidationSchema, { method: "BatchGetWords", key: "response.value" }),
            ],
          }),
          method("Ask", [text, text], {
            hedgeAfter: durationFromMs(ECHO_HEDGE_AFTER_MS),
            timeout: durationFromMs(ECHO_LONG_TIMEOUT_MS),
          }),
          method("GetWord", [own("GetWordRequest"), own("Word")], {
            timeout: durationFromMs(ECHO_LONG_TIMEOUT_MS),
            joining: create(JoiningSchema, { batch: "BatchGetWords" }),
          }),
          method("BatchGetWords", [own("BatchGetWordsRequest"), own("BatchGetWordsResponse")], {
            maxBatch: 100,
            freshFor: durationFromMs(ECHO_FRESH_MS),
            staleIfError: durationFromMs(HOUR_MS),
          }),
          method("ListWords", [own("ListWordsRequest"), own("ListWordsResponse")], {
            timeout: durationFromMs(ECHO_LONG_TIMEOUT_MS),
            joining: create(JoiningSchema, { batch: "BatchListWords", forUsers: true }),
          }),
          method("BatchListWords", [own("BatchListWordsRequest"), own("BatchListWordsResponse")], {
            maxBatch: 2,
          }),
          method("Count", [number, number], {
            serverStreaming: true,
            hedgeAfter: durationFromMs(ECHO_HEDGE_AFTER_MS),
            timeout: durationFromMs(ECHO_MESSAGE_TIMEOUT_MS),
          }),
          method("Collect", [wrapper("BytesValue"), number], {
            clientStreaming: true,
            limitsItself: true,
            timeout: durationFromMs(ECHO_LONG_TIMEOUT_MS),
          }),
        ],
      },
    ],
  };
}

const STREAM = create(StreamPolicySchema, {
  silence: durationFromMs(ECHO_SILENCE_MS),
  lifetime: durationFromMs(ECHO_LIFETIME_MS),
});

interface EchoMethod
  extends Partial<
    Pick<
      MethodPolicy,
      | "timeout"
      | "freshFor"
      | "staleIfError"
      | "hedgeAfter"
      | "maxBatch"
      | "invalidates"
      | "joining"
      | "limitsItself"
    >
  > {
  readonly idempotency?: MethodOptions_IdempotencyLevel;
  readonly serverStreaming?: boolean;
  readonly clientStreaming?: boolean;
}

function method(
  name: string,
  [inputType, outputType]: readonly [string, string],
  { idempotency, serverStreaming, clientStreaming, ...policy }: EchoMethod = {},
) {
  const idempotencyLevel = idempotency ?? NO_SIDE_EFFECTS;
  const options = create(MethodOptionsSchema, { idempotencyLevel });
  const declared = create(MethodPolicySchema, {
    timeout: durationFromMs(ECHO_TIMEOUT_MS),
    ...((serverStreaming || clientStreaming) && { stream: STREAM }),
    criticality: Criticality.DEFAULT,
    callers: [ECHO_CALLER],
    ...policy,
  });
  setExtension(options, method_policy, declared);
  const streaming = { serverStreaming, clientStreaming };
  return create(MethodDescriptorProtoSchema, {
    name,
    inputType,
    outputType,
    options,
    ...streaming,
  });
}

function wrapper(name: string): string {
  return `.google.protobuf.${name}`;
}

function own(name: string): string {
  return `.echo.v1.${name}`;
}

function stringField(name: string, number: number) {
  const { STRING } = FieldDescriptorProto_Type;
  return { name, number, type: STRING, label: FieldDescriptorProto_Label.OPTIONAL };
}

function messageField(name: string, typeName: string) {
  const type = FieldDescriptorProto_Type.MESSAGE;
  return {
    name,
    number: 1,
    type,
    typeName: own(typeName),
    label: FieldDescriptorProto_Label.OPTIONAL,
  };
}

function repeated<F>(field: F) {
  return { ...field, label: FieldDescriptorProto_Label.REPEATED };
}
