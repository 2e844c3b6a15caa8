import assert from "node:assert";
import { create, createFileRegistry, type DescMessage, setExtension } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldOptionsSchema,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { FieldBehavior, field_behavior } from "@triptych/protos/google/api/field_behavior_pb";
import { compileRequiredFields } from "./required-fields.ts";

const { STRING } = FieldDescriptorProto_Type;
const { OPTIONAL, REPEATED } = FieldDescriptorProto_Label;

function requestSchema(): DescMessage {
  const options = create(FieldOptionsSchema);
  setExtension(options, field_behavior, [FieldBehavior.REQUIRED]);
  const file = create(FileDescriptorProtoSchema, {
    name: "test.proto",
    package: "test",
    syntax: "proto3",
    messageType: [
      {
        name: "Request",
        field: [
          { name: "image_id", number: 1, type: STRING, label: OPTIONAL, options },
          { name: "user_ids", number: 2, type: STRING, label: REPEATED, options },
          { name: "note", number: 3, type: STRING, label: OPTIONAL },
        ],
      },
    ],
  });
  const schema = createFileRegistry(file, () => undefined).getMessage("test.Request");
  assert(schema);
  return schema;
}

describe("the check of required fields", () => {
  const schema = requestSchema();
  const violationsOf = compileRequiredFields(schema, 2);
  const check = (fields: Record<string, unknown>) => violationsOf(create(schema, fields));

  test("finds nothing in a request that has them all", () => {
    expect(check({ imageId: "a", userIds: ["b", "c"] })).toEqual([]);
  });

  test("finds every field that is not set, by its name in the contract", () => {
    expect(check({ note: "x" })).toEqual([
      { field: "image_id", message: "is required" },
      { field: "user_ids", message: "is required" },
    ]);
  });

  test("finds a list with more keys than a batch takes", () => {
    expect(check({ imageId: "a", userIds: ["b", "c", "d"] })).toEqual([
      { field: "user_ids", message: "must have at most 2 entries" },
    ]);
  });
});
