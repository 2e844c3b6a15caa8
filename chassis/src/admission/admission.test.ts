import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { Admission, type Permit, shedRankOf } from "./admission.ts";
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

  const admit = (
    given: { criticality?: Criticality; isAnonymous?: boolean; leftMs?: number } = {},
  ) => {
    const { criticality = DEFAULT, isAnonymous = false, leftMs = 1_000 } = given;
    return admission.admit("get", shedRankOf(criticality, isAnonymous), leftMs);
  };
  const fill = (share: number): Permit[] => {
    const permits: Permit[] = [];
    while (admission.inFlight < LIMIT * share) permits.push(admit({ criticality: CRITICAL }));
    return permits;
  };

  test("sheds anonymous sheddable calls first, and critical calls last", () => {
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

  test("says why it refuses, and when to retry", () => {
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

  test("admits calls again once others have ended", () => {
    const permits = fill(0.85);
    expect(() => admit()).toThrow();
    for (const permit of permits) permit.release("answered");
    expect(admission.inFlight).toBe(0);
    admit();
  });

  test("queues what can be answered in time, within twice the limit, rather than refuse it", () => {
    const permits = fill(0.85);
    expect(() => admit()).toThrow();
    // It has answered as many within the last second.
    for (const permit of permits) permit.release("answered");
    fill(0.85);
    admit({ leftMs: 60_000 });
    expect(() => admit({ leftMs: 10 })).toThrow();
    while (admission.inFlight < LIMIT * 0.85 * 2) admit({ leftMs: 60_000 });
    expect(() => admit({ leftMs: 60_000 })).toThrow();
  });

  test("lets calls wait for a late event loop as long as the process answers them in time", () => {
    for (let count = 0; count < 50; count++) admit().release("answered");
    lagMs = 1_100;
    admit({ leftMs: 60_000 });
    lagMs = 2_100;
    expect(() => admit({ leftMs: 60_000 })).toThrow();
  });

  test("lets no user hold more than half of the limit while it is busy", () => {
    const admitFor = (userId: string) => {
      const permit = admit();
      try {
        permit.countFor(userId);
      } catch (error) {
        permit.release("ignored");
        throw error;
      }
      return permit;
    };
    const own = Array.from({ length: LIMIT / 2 }, () => admitFor("greedy"));
    expect(() => admitFor("greedy")).toThrow("too much to do");
    expect(shed).toEqual(["default: user"]);
    admitFor("modest");
    own[0]?.release("answered");
    admitFor("greedy");
  });

  test("learns no latency from calls that were given up", () => {
    const known = (outcome: "answered" | "ignored") => {
      const fresh = new Admission(() => {}, learning);
      fresh.admit("get", "default", 1_000).release(outcome);
    };
    const learnt: string[] = [];
    const learning = new ConcurrencyLimit();
    learning.learn = (method) => learnt.push(method);
    known("ignored");
    expect(learnt).toEqual([]);
    known("answered");
    expect(learnt).toEqual(["get"]);
  });

  test("assumes that a method without a baseline takes no time", () => {
    expect(admission.hasTimeFor("get", 1)).toBe(true);
  });
});
