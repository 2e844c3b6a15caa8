import { COMMENT_CASES } from "./comment-cases.ts";
import { IMAGE_CASES } from "./image-cases.ts";
import { OPERATION_CASES } from "./operation-cases.ts";
import type { RouteCase } from "./route-case.ts";
import { SESSION_CASES } from "./session-cases.ts";
import { USER_CASES } from "./user-cases.ts";

/** Every route of the public API. A test fails if the OpenAPI document has another one. */
export const ALL_CASES: readonly RouteCase[] = [
  ...OPERATION_CASES,
  ...USER_CASES,
  ...SESSION_CASES,
  ...IMAGE_CASES,
  ...COMMENT_CASES,
];
