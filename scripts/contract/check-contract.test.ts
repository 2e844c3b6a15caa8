import { create, createFileRegistry, setExtension } from "@bufbuild/protobuf";
import {
  EmptySchema,
  FileDescriptorProtoSchema,
  file_google_protobuf_empty,
  type MethodOptions,
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
} from "@triptych/protos/policy/v1/policy_pb";
import { findContractViolations } from "./check-contract.ts";

function violationsOf(name: string, options: MethodOptions): string[] {
  const type = `.${EmptySchema.typeName}`;
  const file = create(FileDescriptorProtoSchema, {
    name: "things/v1/thing_service.proto",
    package: "things.v1",
    syntax: "proto3",
    dependency: [file_google_protobuf_empty.proto.name],
    service: [
      { name: "ThingService", method: [{ name, inputType: type, outputType: type, options }] },
    ],
  });
  const registry = createFileRegistry(file, () => file_google_protobuf_empty);
  const service = registry.getService("things.v1.ThingService");
  if (service === undefined) throw new Error("the service was not made");
  return findContractViolations([service]);
}

function optionsOf(policy: Partial<MethodPolicy>, reads = true): MethodOptions {
  const { NO_SIDE_EFFECTS, IDEMPOTENCY_UNKNOWN } = MethodOptions_IdempotencyLevel;
  const options = create(MethodOptionsSchema, {
    idempotencyLevel: reads ? NO_SIDE_EFFECTS : IDEMPOTENCY_UNKNOWN,
  });
  setExtension(options, method_policy, Object.assign(create(MethodPolicySchema), policy));
  return options;
}

const SECOND = { $typeName: "google.protobuf.Duration", seconds: 1n, nanos: 0 } as const;
const WHOLE = { timeout: SECOND, criticality: Criticality.DEFAULT, callers: ["gateway"] };

describe("the check of the contract", () => {
  test("finds nothing wrong with the contract as it is", () => {
    expect(findContractViolations()).toEqual([]);
  });

  test("finds nothing wrong with a whole policy", () => {
    expect(violationsOf("GetThing", optionsOf(WHOLE))).toEqual([]);
  });

  test("finds a method without a policy", () => {
    expect(violationsOf("GetThing", create(MethodOptionsSchema))).toEqual([
      "things.v1.ThingService/GetThing: declares no method_policy",
    ]);
  });

  test("finds a policy without a timeout, a criticality or a caller", () => {
    expect(violationsOf("GetThing", optionsOf({}))).toHaveLength(3);
  });

  test("finds a caller that is no process", () => {
    expect(
      violationsOf("GetThing", optionsOf({ ...WHOLE, callers: ["users", "Gateway", ""] })),
    ).toEqual([
      'things.v1.ThingService/GetThing: declares a caller that is no process: "Gateway"',
      'things.v1.ThingService/GetThing: declares a caller that is no process: ""',
    ]);
  });

  test("finds a batch without a size", () => {
    expect(violationsOf("BatchGetThings", optionsOf(WHOLE))).toHaveLength(1);
  });

  test("finds a write that an old answer may stand for", () => {
    const policy = { ...WHOLE, maxBatch: 10, staleIfError: SECOND };
    expect(violationsOf("UpdateThing", optionsOf(policy, false))).toHaveLength(1);
  });

  test("refuses to keep the answers of a method that is no batch", () => {
    const [violation] = violationsOf("ListThings", optionsOf({ ...WHOLE, freshFor: SECOND }));
    expect(violation).toContain("ListThings: is no batch");
  });

  test.each(["BatchGetSessions", "BatchGetBlocks", "BatchGetImages", "GetThing"])(
    "refuses an old answer of what must be true now: %s",
    (name) => {
      const policy = { ...WHOLE, maxBatch: 10, staleIfError: SECOND };
      expect(violationsOf(name, optionsOf(policy)).join()).toContain("never old");
    },
  );

  test("finds an invalidation of what is not cached, or by a key that is no field", () => {
    const invalidates = [create(InvalidationSchema, { method: "GetThing", key: "request.id" })];
    const violations = violationsOf("UpdateThing", optionsOf({ ...WHOLE, invalidates }, false));
    expect(violations).toEqual([
      'things.v1.ThingService/UpdateThing: invalidates "GetThing", whose answers are not cached',
      'things.v1.ThingService/UpdateThing: invalidates by "request.id", which is no field with a single value',
    ]);
  });

  test("finds a read that is joined by what is no batch, or by one that its callers may not call", () => {
    const joining = create(JoiningSchema, { batch: "GetThings" });
    expect(violationsOf("GetThing", optionsOf({ ...WHOLE, joining }))).toEqual([
      'things.v1.ThingService/GetThing: is joined by "GetThings", which is no batch of its service',
    ]);
  });

  test("refuses to hedge what may not be called twice, too late, or too soon", () => {
    const HALF = { $typeName: "google.protobuf.Duration", seconds: 0n, nanos: 5e8 } as const;
    expect(violationsOf("GetThing", optionsOf({ ...WHOLE, hedgeAfter: HALF }))).toEqual([]);
    expect(
      violationsOf("GetThing", optionsOf({ ...WHOLE, hedgeAfter: HALF }, false)).join(),
    ).toContain("may not be called twice");
    expect(violationsOf("GetThing", optionsOf({ ...WHOLE, hedgeAfter: SECOND })).join()).toContain(
      "after its timeout",
    );
    const TENTH = { ...HALF, nanos: 1e8 } as const;
    expect(violationsOf("GetThing", optionsOf({ ...WHOLE, hedgeAfter: TENTH })).join()).toContain(
      "sooner than after 250 ms",
    );
  });
});
