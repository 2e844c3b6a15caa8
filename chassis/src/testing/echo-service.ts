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
type EchoWordRequest = Message<"echo.v1.GetWordRequest"> & { readonly id: string };
type EchoWordsRequest = Message<"echo.v1.BatchGetWordsRequest"> & { readonly ids: string[] };
type EchoWordsResponse = Message<"echo.v1.BatchGetWordsResponse"> & { readonly words: EchoWord[] };
type EchoListRequest = Message<"echo.v1.ListWordsRequest"> & {
  readonly start: string;
  readonly pageToken: string;
};
type EchoListResponse = Message<"echo.v1.ListWordsResponse"> & { readonly words: EchoWord[] };
type EchoListsRequest = Message<"echo.v1.BatchListWordsRequest"> & {
  readonly requests: EchoListRequest[];
};
type EchoListResult = Message<"echo.v1.ListWordsResult"> & { readonly page?: EchoListResponse };
type EchoListsResponse = Message<"echo.v1.BatchListWordsResponse"> & {
  readonly results: EchoListResult[];
};

/** A service with a method of each kind, for tests of the chassis, which knows no real one. */
type EchoServiceShape = GenService<{
  /** Returns its request. Has no side effects. */
  say: { methodKind: "unary"; input: typeof StringValueSchema; output: typeof StringValueSchema };
  /** The same, but may not be retried. Its answer is the id of a word that has changed. */
  tell: { methodKind: "unary"; input: typeof StringValueSchema; output: typeof StringValueSchema };
  /** The same, without side effects, and hedged. */
  ask: { methodKind: "unary"; input: typeof StringValueSchema; output: typeof StringValueSchema };
  /** Returns a word. Calls of anonymous callers are joined into the next method. */
  getWord: {
    methodKind: "unary";
    input: GenMessage<EchoWordRequest>;
    output: GenMessage<EchoWord>;
  };
  /** Returns a word for each key. Its answers may be cached. */
  batchGetWords: {
    methodKind: "unary";
    input: GenMessage<EchoWordsRequest>;
    output: GenMessage<EchoWordsResponse>;
  };
  /** Lists words. Calls of everybody are joined into the next method, which takes two. */
  listWords: {
    methodKind: "unary";
    input: GenMessage<EchoListRequest>;
    output: GenMessage<EchoListResponse>;
  };
  /** Lists words for each request. */
  batchListWords: {
    methodKind: "unary";
    input: GenMessage<EchoListsRequest>;
    output: GenMessage<EchoListsResponse>;
  };
  /** Counts up to its request. */
  count: {
    methodKind: "server_streaming";
    input: typeof UInt32ValueSchema;
    output: typeof UInt32ValueSchema;
  };
  /** Returns how many bytes it received. */
  collect: {
    methodKind: "client_streaming";
    input: typeof BytesValueSchema;
    output: typeof UInt32ValueSchema;
  };
}>;

/** The echo service, created at run time, so that no contract need be published. */
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
