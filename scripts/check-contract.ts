import { type DescMethod, type DescService, getOption, hasOption } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { Criticality, method_policy } from "@triptych/protos/policy/v1/policy_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";

/** Finds the methods whose failure policy is missing, or contradicts itself. */
export function findContractFaults(
  services: readonly DescService[] = [UserService, ImageService, CommentService],
): string[] {
  return services.flatMap((service) => service.methods.flatMap(faultsOf));
}

function faultsOf(method: DescMethod): string[] {
  const name = `${method.parent.typeName}/${method.name}`;
  if (!hasOption(method, method_policy)) return [`${name}: declares no method_policy`];
  const policy = getOption(method, method_policy);
  const reads = method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
  const faults = [];
  if (policy.timeout === undefined) faults.push("declares no timeout");
  if (policy.criticality === Criticality.UNSPECIFIED) faults.push("declares no criticality");
  if (method.name.startsWith("BatchGet") && policy.maxBatch === 0) {
    faults.push("is a batch and declares no max_batch");
  }
  if (!reads && (policy.freshFor !== undefined || policy.staleIfError !== undefined)) {
    faults.push("has side effects, so no old answer may stand for a new one");
  }
  return faults.map((fault) => `${name}: ${fault}`);
}
