import { RpcError } from "@triptych/chassis/contract/rpc-error";
import type { FastifyError, FastifyRequest } from "fastify";
import type { ProblemCode } from "./codes.ts";
import { fromRpcError } from "./from-rpc-error.ts";
import { fromValidation, type SchemaViolation } from "./from-validation.ts";
import { invalidFields, Problem } from "./problem.ts";

/** The problem of each error of fastify that a client can cause. */
const FRAMEWORK_CODES: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_BAD_URL: "MALFORMED_URL",
  FST_ERR_INVALID_URL: "MALFORMED_URL",
  FST_ERR_MAX_PARAM_LENGTH: "URI_TOO_LONG",
  FST_ERR_CTP_BODY_TOO_LARGE: "TOO_LARGE",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "BAD_REQUEST",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "UNSUPPORTED_MEDIA_TYPE",
  FST_ERR_NOT_FOUND: "ROUTE_NOT_FOUND",
};

/** The parts of a request. fastify validates them in this order, and stops at the first bad one. */
const PARTS = ["params", "body", "querystring"] as const;

/** Converts anything that was thrown for a request to the problem that its client receives. */
export function toProblem(thrown: unknown, request: FastifyRequest): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof RpcError) return fromRpcError(thrown);
  if (!(thrown instanceof Error)) return new Problem("INTERNAL", { cause: thrown });
  const { validation, code } = thrown as Partial<FastifyError>;
  if (validation !== undefined) return invalidFields(everyViolation(request));
  const known = code === undefined ? undefined : FRAMEWORK_CODES[code];
  return new Problem(known ?? "INTERNAL", { cause: thrown });
}

function everyViolation(request: FastifyRequest): Problem["errors"] {
  const values = { params: request.params, body: request.body, querystring: request.query };
  return PARTS.flatMap((part) => {
    const validate = request.getValidationFunction(part);
    if (!validate || validate(values[part])) return [];
    return fromValidation((validate.errors ?? []) as readonly SchemaViolation[]);
  });
}
