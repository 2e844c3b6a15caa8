import type { FastifyReply, FastifyRequest } from "fastify";

/** The problems of the measured routes. */
const PROBLEMS = {
  INVALID_ARGUMENT: { status: 400, title: "Invalid argument" },
  UNAUTHENTICATED: { status: 401, title: "Not signed in" },
  BAD_CREDENTIALS: { status: 401, title: "Bad credentials" },
  COMMENTS_CLOSED: { status: 403, title: "Comments are closed" },
  ORIGINAL_FORBIDDEN: { status: 403, title: "The original is the owner's" },
  ROUTE_NOT_FOUND: { status: 404, title: "No such route" },
  IMAGE_NOT_FOUND: { status: 404, title: "No such image" },
  PARENT_NOT_FOUND: { status: 404, title: "No such parent" },
  VARIANT_NOT_FOUND: { status: 404, title: "No such variant" },
  NOT_AN_IMAGE: { status: 415, title: "Not an image" },
  RATE_LIMITED: { status: 429, title: "Too many requests" },
  INTERNAL: { status: 500, title: "Internal error" },
} as const;

/** The stable code of a problem. */
export type ProblemCode = keyof typeof PROBLEMS;

/** An error that is sent as problem+json (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;

  constructor(code: ProblemCode, detail: string = PROBLEMS[code].title) {
    super(detail);
    this.code = code;
  }
}

/** Answers any error. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { code, message: detail } = toProblem(error);
  const { status, title } = PROBLEMS[code];
  if (status === 429) void reply.header("retry-after", "60");
  void reply
    .code(status)
    .header("cache-control", "no-store")
    .type("application/problem+json; charset=utf-8")
    .send(JSON.stringify({ type: code, title, status, detail, instance: request.id, code }));
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { statusCode, message } = error as {
    readonly statusCode?: number;
    readonly message: string;
  };
  return statusCode !== undefined && statusCode < 500
    ? new Problem("INVALID_ARGUMENT", message)
    : new Problem("INTERNAL");
}
