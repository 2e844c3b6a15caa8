import assert from "node:assert";
import {
  type Admission,
  type Permit,
  type ShedRank,
  shedRankOf,
} from "@triptych/chassis/admission/admission";
import type { Caller } from "@triptych/chassis/identity/caller";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Decides which requests are taken on: as a service does with its calls. */
export interface FrontDoor {
  /** Refuses at once what could not be taken on now: before a token is verified, or a body read. */
  check(request: FastifyRequest): void;
  /**
   * Takes a request on, until it is answered. A body that comes slowly is none of it: that is read
   * before.
   */
  enter(request: FastifyRequest, reply: FastifyReply, caller: Caller): void;
}

/** Statuses of answers that took the time that it takes. */
const ANSWERED: ReadonlySet<number> = new Set([200, 201, 204, 304]);

/** Makes the door. Without admission it stands open. */
export function createFrontDoor(admission: Admission | undefined): FrontDoor {
  return {
    check(request) {
      const applicant = applicantOf(request);
      if (applicant !== undefined) admission?.check(applicant.method, applicant.rank);
    },
    enter(request, reply, caller) {
      const applicant = applicantOf(request);
      if (applicant === undefined || admission === undefined) return;
      const permit = admission.admit(applicant.method, applicant.rank);
      const { calls } = request.routeOptions.config;
      if (calls !== undefined && !calls.policy.isLimited) return permit.release("ignored");
      reply.raw.once("close", () => release(permit, reply));
      if (caller.kind === "user") permit.countFor(caller.userId);
    },
  };
}

function release(permit: Permit, { raw }: FastifyReply): void {
  const isAnswered = raw.writableFinished && ANSWERED.has(raw.statusCode);
  permit.release(isAnswered ? "answered" : "ignored");
}

/** The route of a request, and how much it matters. */
interface Applicant {
  readonly method: string;
  readonly rank: ShedRank;
}

/** A request as admission sees it; undefined if its route asks nobody. */
function applicantOf({ headers, method, routeOptions }: FastifyRequest): Applicant | undefined {
  const { calls } = routeOptions.config;
  if (calls === undefined) return undefined;
  assert(routeOptions.url, "a request of the API has a route");
  return {
    method: `${method} ${routeOptions.url}`,
    rank: shedRankOf(calls.policy.criticality, headers.authorization === undefined),
  };
}
