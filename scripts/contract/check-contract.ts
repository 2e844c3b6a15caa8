import {
  type DescMessage,
  type DescMethod,
  type DescService,
  getOption,
  hasOption,
} from "@bufbuild/protobuf";
import { durationMs, MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import {
  Criticality,
  type Invalidation,
  method_policy,
} from "@triptych/protos/policy/v1/policy_pb";
import { SERVICES } from "./contract-services.ts";

/**
 * Minimum hedge delay. Before that, a second try could go to the replica in which the first one
 * hangs.
 */
const HEDGE_MS_MIN = 250;

/**
 * Methods whose answer decides something that must be true now. A batch of images includes who may
 * see them.
 */
const DECIDES = /Session|Password|Block|Delet|Eras|^BatchGetImages$|^Get/;

/**
 * The processes that may be callers of a method. A service has the name of its package.
 */
const PROCESSES: ReadonlySet<string> = new Set([
  "gateway",
  ...SERVICES.map(({ file }) => file.proto.package.replace(/\..*/, "")),
]);

/** Finds methods whose policy is missing, or contradicts itself. */
export function findContractViolations(services: readonly DescService[] = SERVICES): string[] {
  return services.flatMap((service) => service.methods.flatMap(violationsOf));
}

function violationsOf(method: DescMethod): string[] {
  const name = `${method.parent.typeName}/${method.name}`;
  if (!hasOption(method, method_policy)) return [`${name}: declares no method_policy`];
  const policy = getOption(method, method_policy);
  const reads = method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
  const violations = [];
  if (policy.timeout === undefined) violations.push("declares no timeout");
  if (policy.criticality === Criticality.UNSPECIFIED) violations.push("declares no criticality");
  if (policy.callers.length === 0) violations.push("declares no callers");
  for (const caller of policy.callers) {
    if (!PROCESSES.has(caller))
      violations.push(`declares a caller that is no process: "${caller}"`);
  }
  if (method.name.startsWith("BatchGet") && policy.maxBatch === 0) {
    violations.push("is a batch and declares no max_batch");
  }
  if (!reads && (policy.freshFor !== undefined || policy.staleIfError !== undefined)) {
    violations.push("has side effects, so no old answer may stand for a new one");
  }
  if (
    policy.maxBatch === 0 &&
    (policy.freshFor !== undefined || policy.staleIfError !== undefined)
  ) {
    violations.push(
      "is no batch, and answers are kept key by key: declare max_batch, or keep nothing",
    );
  }
  if (policy.staleIfError !== undefined && DECIDES.test(method.name)) {
    violations.push(
      "decides a password, session, visibility, block or deletion, so it is never old",
    );
  }
  if (policy.invalidates.length > 0 && method.methodKind !== "unary") {
    violations.push("invalidates cached answers, and has no one request and answer");
  }
  violations.push(...streamViolations(method));
  violations.push(...joiningViolations(method));
  violations.push(...policy.invalidates.flatMap((one) => invalidationViolations(method, one)));
  if (policy.hedgeAfter !== undefined) {
    const again = method.idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN;
    if (!again || method.methodKind === "client_streaming") {
      violations.push(
        "is hedged, and may not be called twice, or takes a stream, which cannot be sent twice",
      );
    }
    const timeoutMs = policy.timeout === undefined ? 0 : durationMs(policy.timeout);
    if (durationMs(policy.hedgeAfter) >= timeoutMs) {
      violations.push("is hedged after its timeout");
    }
    if (durationMs(policy.hedgeAfter) < HEDGE_MS_MIN) {
      violations.push(
        `is hedged sooner than after ${HEDGE_MS_MIN} ms, by when a replica that hangs is known`,
      );
    }
  }
  return violations.map((violation) => `${name}: ${violation}`);
}

function streamViolations(method: DescMethod): string[] {
  const { stream } = getOption(method, method_policy);
  if (method.methodKind === "unary") {
    return stream === undefined ? [] : ["declares limits of a stream, and has none"];
  }
  if (stream?.silence === undefined || stream.lifetime === undefined) {
    return ["has a stream, and declares no silence or no lifetime of it"];
  }
  const hasRate = stream.rateMin > 0;
  return hasRate === (stream.rateWindow !== undefined)
    ? []
    : ["declares a least rate without its window, or a window without a rate"];
}

/** Finds what is wrong with the declaration of how a method's calls are joined. */
function joiningViolations(method: DescMethod): string[] {
  const { joining, callers } = getOption(method, method_policy);
  if (joining === undefined) return [];
  const batch = method.parent.methods.find(({ name }) => name === joining.batch);
  const policy = batch && getOption(batch, method_policy);
  if (policy === undefined || policy.maxBatch === 0) {
    return [`is joined by "${joining.batch}", which is no batch of its service`];
  }
  return callers
    .filter((caller) => !policy.callers.includes(caller))
    .map((caller) => `is joined by ${joining.batch}, which ${caller} may not call`);
}

/** Finds what is wrong with one declaration of which cached answers a call makes old. */
function invalidationViolations(method: DescMethod, { method: name, key }: Invalidation): string[] {
  const violations = [];
  const batch = method.parent.methods.find((one) => one.name === name);
  if (batch === undefined || getOption(batch, method_policy).freshFor === undefined) {
    violations.push(`invalidates "${name}", whose answers are not cached`);
  }
  const [side, ...path] = key.split(".");
  const schemas: Readonly<Record<string, DescMessage>> = {
    request: method.input,
    response: method.output,
  };
  let schema = schemas[side ?? ""];
  for (const name of path.slice(0, -1)) {
    schema = schema?.fields.find((one) => one.name === name)?.message;
  }
  const field = schema?.fields.find((one) => one.name === path.at(-1));
  if (field?.fieldKind !== "scalar") {
    violations.push(`invalidates by "${key}", which is no field with a single value`);
  }
  return violations;
}
