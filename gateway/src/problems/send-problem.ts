import type { FastifyReply, FastifyRequest } from "fastify";
import type { ProblemBody } from "#schemas/problem.ts";
import { PROBLEM_KINDS, problemType } from "./codes.ts";
import type { Problem } from "./problem.ts";
import { toProblem } from "./to-problem.ts";

/** The media type of every error. */
export const PROBLEM_CONTENT_TYPE = "application/problem+json; charset=utf-8";

/**
 * Returns the body of a problem (RFC 9457). The instance is the request's id, by which every log
 * line of the request is found.
 */
export function problemBody(problem: Problem, requestId: string): ProblemBody {
  const { code, status, message, errors } = problem;
  return {
    type: problemType(code),
    title: PROBLEM_KINDS[code].title,
    status,
    detail: message,
    instance: requestId,
    code,
    ...(errors.length > 0 && { errors: [...errors] }),
  };
}

/** Answers any error. A defect is logged here, once, with its cause. */
export function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(thrown, request);
  if (problem.status === 500) {
    request.log.error({ error: problem.cause ?? problem }, "a request failed");
  }
  // The route set these headers for another body.
  for (const name of ["etag", "accept-ranges", "content-length", "content-disposition"]) {
    reply.removeHeader(name);
  }
  void reply
    .code(problem.status)
    .headers({ ...problem.headers, "cache-control": "no-store" })
    .type(PROBLEM_CONTENT_TYPE)
    .send(JSON.stringify(problemBody(problem, request.id)));
}
