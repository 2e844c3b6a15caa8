import assert from "node:assert";
import { create, createFileRegistry, setExtension } from "@bufbuild/protobuf";
import type { GenService } from "@bufbuild/protobuf/codegenv2";
import {
  type BytesValueSchema,
  FileDescriptorProtoSchema,
  file_google_protobuf_wrappers,
  MethodDescriptorProtoSchema,
  MethodOptions_IdempotencyLevel,
  MethodOptionsSchema,
  type StringValueSchema,
  type UInt32ValueSchema,
} from "@bufbuild/protobuf/wkt";
import {
  Criticality,
  MethodPolicySchema,
  method_policy,
} from "@triptych/protos/policy/v1/policy_pb";

/** How long a call of the echo service may take, in milliseconds. */
export const ECHO_TIMEOUT_MS = 1000;

/** A service with a method of each kind, for tests of the chassis, which knows no real one. */
type EchoServiceShape = GenService<{
  /** Answers what it is sent. */
  say: { methodKind: "unary"; input: typeof StringValueSchema; output: typeof StringValueSchema };
  /** Counts up to what it is sent. */
  count: {
    methodKind: "server_streaming";
    input: typeof UInt32ValueSchema;
    output: typeof UInt32ValueSchema;
  };
  /** Answers how many bytes it was sent. */
  collect: {
    methodKind: "client_streaming";
    input: typeof BytesValueSchema;
    output: typeof UInt32ValueSchema;
  };
}>;

/** The echo service, made at run time so that no contract has to be published for it. */
export const EchoService: EchoServiceShape = makeEchoService();

function makeEchoService(): EchoServiceShape {
  const file = create(FileDescriptorProtoSchema, {
    name: "echo/v1/echo.proto",
    package: "echo.v1",
    syntax: "proto3",
    dependency: [file_google_protobuf_wrappers.proto.name],
    service: [
      {
        name: "EchoService",
        method: [
          method("Say", "StringValue", "StringValue", {}),
          method("Count", "UInt32Value", "UInt32Value", { serverStreaming: true }),
          method("Collect", "BytesValue", "UInt32Value", { clientStreaming: true }),
        ],
      },
    ],
  });
  const registry = createFileRegistry(file, (name) =>
    name === file_google_protobuf_wrappers.proto.name ? file_google_protobuf_wrappers : undefined,
  );
  const service = registry.getService("echo.v1.EchoService");
  assert(service);
  return service as unknown as EchoServiceShape;
}

function method(
  name: string,
  input: string,
  output: string,
  streaming: { readonly serverStreaming?: boolean; readonly clientStreaming?: boolean },
) {
  const options = create(MethodOptionsSchema, {
    idempotencyLevel: MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS,
  });
  const timeout = { seconds: BigInt(ECHO_TIMEOUT_MS / 1000), nanos: 0 };
  setExtension(
    options,
    method_policy,
    create(MethodPolicySchema, { timeout, criticality: Criticality.DEFAULT }),
  );
  return create(MethodDescriptorProtoSchema, {
    name,
    inputType: `.google.protobuf.${input}`,
    outputType: `.google.protobuf.${output}`,
    options,
    ...streaming,
  });
}
