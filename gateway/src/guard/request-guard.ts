import type { Permit } from "@triptych/chassis/admission/admission";
import { cancelled } from "@triptych/chassis/contract/cancellation";
import type { FailurePolicySwitch } from "@triptych/chassis/contract/method-policy";
import type { Authenticate } from "@triptych/chassis/identity/authenticate";
import { ANONYMOUS } from "@triptych/chassis/identity/caller";
import { Trace } from "@triptych/chassis/rpc/trace/trace";
import type { FastifyReply, FastifyRequest } from "fastify";
import { accepts } from "#http/acceptable.ts";
import { findQueryViolations } from "#http/query-parser.ts";
import { invalidFields, Problem } from "#problems/problem.ts";
import type { AdmissionHook } from "./admission-hook.ts";
import { openCalls } from "./calls.ts";
import { asksExplanation } from "./explain.ts";
import type { RateLimits } from "./rate-limits.ts";
import { setState, stateOf } from "./request-state.ts";

const JSON_TYPES = ["application/json", "application/problem+json"];
/** Statuses of answers whose latency shows what the route takes. */
const ANSWERED: ReadonlySet<number> = new Set([200, 201, 204, 304]);

/** Middleware: the hooks before every route of the API, in the order in which they run. */
export interface RequestGuard {
  /**
   * Refuses what there is no room for, authenticates the caller, counts the request, and refuses a
   * malformed query.
   */
  readonly identify: (request: FastifyRequest) => Promise<void>;
  /** Refuses clients that do not accept JSON, and keeps one user's answers out of shared caches. */
  readonly answersJson: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Admits the request, once it is read and valid, and opens its calls until it is closed. */
  readonly enter: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
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
  return {
    async identify(request) {
      admission.check(request);
      const caller = await authenticate(request.headers.authorization).catch(
        async (thrown: unknown) => {
          // Verifying costs 300 µs: trying tokens out counts for the address.
          await limits.countRequest(request, ANONYMOUS);
          throw thrown;
        },
      );
      const trace = asksExplanation(request, caller) ? new Trace() : undefined;
      setState(request, { caller, trace });
      await limits.countRequest(request, caller);

      const known = querySchemaOf(request);
      const violations = findQueryViolations(request.query, (name) => Object.hasOwn(known, name));
      if (violations.length > 0) throw invalidFields(violations);
    },

    async answersJson({ headers, method }, reply) {
      if (!accepts(headers.accept, JSON_TYPES)) throw new Problem("NOT_ACCEPTABLE");
      const isRead = method === "GET" || method === "HEAD";
      reply.header("cache-control", isRead ? "private, no-cache" : "no-store");
    },

    async enter(request, { raw }) {
      if (request.routeOptions.config.calls === undefined) return;
      // The client may have left while its token was verified: nothing would return the permit.
      if (raw.closed) throw cancelled();
      const { caller } = stateOf(request);
      const permit = admission.admit(request);
      const calls = openCalls(request, failurePolicy);
      raw.once("close", () => {
        calls.close(raw.writableFinished);
        release(permit, raw);
      });
      if (caller.kind === "user") permit?.countFor(caller.userId);
    },
  };
}

function release(permit: Permit | undefined, raw: FastifyReply["raw"]): void {
  const isAnswered = raw.writableFinished && ANSWERED.has(raw.statusCode);
  permit?.release(isAnswered ? "answered" : "ignored");
}

function querySchemaOf({ routeOptions }: FastifyRequest): object {
  const schema = routeOptions.schema?.querystring as { readonly properties?: object } | undefined;
  return schema?.properties ?? {};
}
