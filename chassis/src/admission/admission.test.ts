import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { Admission, type Admitted, type Applicant, holdsPlace } from "./admission.ts";
import { ConcurrencyLimit } from "./concurrency-limit.ts";

const LIMIT = new ConcurrencyLimit().value;
const { CRITICAL, DEFAULT, SHEDDABLE } = Criticality;

describe("admission", () => {
  let shed: string[];
  let lagMs: number;
  let admission: Admission;
  beforeEach(() => {
    shed = [];
    lagMs = 0;
    const lag = {
      get milliseconds() {
        return lagMs;
      },
      watch: () => {},
    };
    admission = new Admission(
      ({ rank, cause }) => shed.push(`${rank}: ${cause}`),
      new ConcurrencyLimit(),
      lag,
    );
  });

  const admit = (given: Partial<Applicant> = {}) =>
    admission.admit({ method: "get", criticality: DEFAULT, isAnonymous: false, ...given });
  const fill = (share: number): Admitted[] => {
    const admitted: Admitted[] = [];
    while (admission.inFlight < LIMIT * share) admitted.push(admit({ criticality: CRITICAL }));
    return admitted;
  };

  test("refuses the least critical first: anonymous lists, then signed-in ones, then the rest, and the critical last", () => {
    fill(0.6);
    expect(() => admit({ criticality: SHEDDABLE, isAnonymous: true })).toThrow();
    admit({ criticality: SHEDDABLE });
    fill(0.7);
    expect(() => admit({ criticality: SHEDDABLE })).toThrow();
    admit();
    fill(0.85);
    expect(() => admit()).toThrow();
    admit({ criticality: CRITICAL });
    fill(2);
    expect(() => admit({ criticality: CRITICAL })).toThrow();
    expect(shed).toEqual([
      "sheddable-anonymous: limit",
      "sheddable: limit",
      "default: limit",
      "critical: limit",
    ]);
  });

  test("says why, and when to come back", () => {
    lagMs = 1_100;
    let thrown: unknown;
    try {
      admit();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ reason: "OVERLOADED", retryAfterMs: 1_000 });
    expect(shed).toEqual(["default: lag"]);
    admit({ criticality: CRITICAL });
  });

  test("has room again once calls are over", () => {
    const admitted = fill(0.85);
    expect(() => admit()).toThrow();
    for (const one of admitted) one.release("answered");
    expect(admission.inFlight).toBe(0);
    admit();
  });

  test("gives no user more than half of it, while others want it too", () => {
    const claimOne = (userId: string) => {
      const admitted = admit();
      try {
        admitted.claim(userId);
      } catch (error) {
        admitted.release("ignored");
        throw error;
      }
      return admitted;
    };
    const own = Array.from({ length: LIMIT / 2 }, () => claimOne("greedy"));
    expect(() => claimOne("greedy")).toThrow("too much to do");
    expect(shed).toEqual(["default: user"]);
    claimOne("modest");
    own[0]?.release("answered");
    claimOne("greedy");
  });

  test("learns how long a call takes only from those that were answered, or not in time", () => {
    const known = (outcome: "answered" | "ignored") => {
      const fresh = new Admission(() => {}, learning);
      fresh.admit({ method: "get", criticality: DEFAULT, isAnonymous: true }).release(outcome);
    };
    const learnt: string[] = [];
    const learning = new ConcurrencyLimit();
    learning.learn = (method) => learnt.push(method);
    known("ignored");
    expect(learnt).toEqual([]);
    known("answered");
    expect(learnt).toEqual(["get"]);
  });

  test("has no place held by what may take very long", () => {
    expect(holdsPlace({ timeoutMs: 3_000 })).toBe(true);
    expect(holdsPlace({ timeoutMs: 10_000 })).toBe(false);
  });

  test("believes that a method that it does not know takes no time", () => {
    expect(admission.hasTimeFor("get", 1)).toBe(true);
  });
});
