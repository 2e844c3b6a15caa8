import type { Permit } from "@triptych/chassis/admission/admission";
import { cancelled } from "@triptych/chassis/contract/cancellation";
import type { FailurePolicySwitch } from "@triptych/chassis/contract/method-policy";
import type { Authenticate } from "@triptych/chassis/identity/authenticate";
import { ANONYMOUS, type Caller } from "@triptych/chassis/identity/caller";
import { Trace } from "@triptych/chassis/rpc/trace/trace";
import type {
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  preHandlerHookHandler,
} from "fastify";
import { accepts } from "#http/acceptable.ts";
import { findQueryViolations } from "#http/query-parser.ts";
import { invalidFields, Problem } from "#problems/problem.ts";
import type { AdmissionHook } from "./admission-hook.ts";
import { openCalls } from "./calls.ts";
import { asksExplanation } from "./explain.ts";
import type { RateLimits } from "./rate-limits.ts";

const JSON_TYPES = ["application/json", "application/problem+json"];
/** Statuses of answers whose latency shows what the route takes. */
const ANSWERED: ReadonlySet<number> = new Set([200, 201, 204, 304]);

/** Middleware: the hooks before every route of the API, in the order in which they run. */
export interface RequestGuard {
  /**
   * Refuses what there is no room for, authenticates the caller, counts the request, and refuses a
   * malformed query.
   */
  readonly identify: onRequestHookHandler;
  /** Refuses clients that do not accept JSON, and keeps one user's answers out of shared caches. */
  readonly answersJson: onRequestHookHandler;
  /** Admits the request, once it is read and valid, and opens its calls until it is closed. */
  readonly enter: preHandlerHookHandler;
}

/** What the guard needs. */
export interface RequestGuardDependencies {
  readonly authenticate: Authenticate;
  readonly limits: RateLimits;
  readonly admission: AdmissionHook;
  readonly failurePolicy: FailurePolicySwitch;
}

/** Creates the hooks. */
export function createRequestGuard({
  authenticate,
  limits,
  admission,
  failurePolicy,
}: RequestGuardDependencies): RequestGuard {
  /** Verifying costs 300 µs: trying tokens out counts for the address. */
  function refuse(request: FastifyRequest, thrown: unknown): never {
    limits.countRequest(request, ANONYMOUS);
    throw thrown;
  }

  function know(request: FastifyRequest, caller: Caller): void {
    request.state.identify(caller, asksExplanation(request, caller) ? new Trace() : undefined);
    limits.countRequest(request, caller);
    checkQuery(request);
  }

  return {
    // These hooks have no promise where they await nothing.
    identify(request, _reply, done) {
      admission.check(request);
      const { authorization } = request.raw.headers;
      if (authorization === undefined) {
        know(request, ANONYMOUS);
        done();
        return;
      }
      authenticate(authorization)
        .then(
          (caller) => know(request, caller),
          (thrown: unknown) => refuse(request, thrown),
        )
        .then(() => done(), done);
    },

    answersJson({ raw: { headers, method } }, reply, done) {
      if (!accepts(headers.accept, JSON_TYPES)) throw new Problem("NOT_ACCEPTABLE");
      const isRead = method === "GET" || method === "HEAD";
      reply.header("cache-control", isRead ? "private, no-cache" : "no-store");
      done();
    },

    enter(request, { raw }, done) {
      const { state } = request;
      if (state.config.calls !== undefined) {
        // The client may have left while its token was verified: nothing would return the permit.
        if (raw.closed) throw cancelled();
        const { caller } = state;
        const permit = admission.admit(request);
        const calls = openCalls(request, failurePolicy);
        state.onClose(() => {
          calls.close(raw.writableFinished);
          release(permit, raw);
        });
        if (caller.kind === "user") permit?.countFor(caller.userId);
      }
      done();
    },
  };
}

function release(permit: Permit | undefined, raw: FastifyReply["raw"]): void {
  const isAnswered = raw.writableFinished && ANSWERED.has(raw.statusCode);
  permit?.release(isAnswered ? "answered" : "ignored");
}

/** Refuses a malformed query, and parameters of the route that were given twice. */
function checkQuery(request: FastifyRequest): void {
  const violations = findQueryViolations(request.query, (name) =>
    Object.hasOwn(querySchemaOf(request), name),
  );
  if (violations.length > 0) throw invalidFields(violations);
}

function querySchemaOf({ routeOptions }: FastifyRequest): object {
  const schema = routeOptions.schema?.querystring as { readonly properties?: object } | undefined;
  return schema?.properties ?? {};
}
