import assert from "node:assert";
import { create, createFileRegistry, type Message } from "@bufbuild/protobuf";
import type { GenMessage, GenService } from "@bufbuild/protobuf/codegenv2";
import {
  type BytesValueSchema,
  FileDescriptorProtoSchema,
  file_google_protobuf_wrappers,
  type StringValueSchema,
  type UInt32ValueSchema,
} from "@bufbuild/protobuf/wkt";
import { echoFile } from "./echo-file.ts";

/** A word with its key. */
type EchoWord = Message<"echo.v1.Word"> & { readonly id: string; readonly text: string };
type EchoWordsRequest = Message<"echo.v1.BatchGetWordsRequest"> & { readonly ids: string[] };
type EchoWordsResponse = Message<"echo.v1.BatchGetWordsResponse"> & { readonly words: EchoWord[] };

/** A service with a method of each kind, for tests of the chassis, which knows no real one. */
type EchoServiceShape = GenService<{
  /** Answers what it is sent. Only reads. */
  say: { methodKind: "unary"; input: typeof StringValueSchema; output: typeof StringValueSchema };
  /** The same, and may not be made twice. What it answers names a word that has changed. */
  tell: { methodKind: "unary"; input: typeof StringValueSchema; output: typeof StringValueSchema };
  /** The same, only reads, and is hedged. */
  ask: { methodKind: "unary"; input: typeof StringValueSchema; output: typeof StringValueSchema };
  /** Answers a word for each key; its answers may be kept. */
  batchGetWords: {
    methodKind: "unary";
    input: GenMessage<EchoWordsRequest>;
    output: GenMessage<EchoWordsResponse>;
  };
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
  const wrappers = file_google_protobuf_wrappers;
  const file = create(FileDescriptorProtoSchema, echoFile(wrappers.proto.name));
  const registry = createFileRegistry(file, (name) =>
    name === wrappers.proto.name ? wrappers : undefined,
  );
  const service = registry.getService("echo.v1.EchoService");
  assert(service);
  return service as unknown as EchoServiceShape;
}
