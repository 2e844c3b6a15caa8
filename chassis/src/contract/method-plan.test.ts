import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { EchoService } from "#testing/echo-service.ts";
import { planOf } from "./method-plan.ts";

const { say, tell, ask, batchGetWords, count, collect } = EchoService.method;
const { SHEDDABLE, DEFAULT, CRITICAL } = Criticality;

describe("the plan of a method", () => {
  test("names one layer that tries again", () => {
    const layers = [say, tell, ask, count, collect].map((method) => planOf(method, "on").secondTry);
    expect(layers).toEqual(["channel", "none", "hedge", "hedge", "none"]);
  });

  test("allows resends of a call that was refused unread, unless it sends a stream", () => {
    expect(planOf(tell, "on").sendsMax).toBeGreaterThan(1);
    expect(planOf(collect, "on").sendsMax).toBe(1);
  });

  test("defends nothing while the failure policy is off: the control arm", () => {
    for (const method of EchoService.methods) {
      expect(planOf(method, "off")).toMatchObject({
        isDefended: false,
        secondTry: "none",
        sendsMax: 1,
        cache: undefined,
        bulkhead: { inFlightMax: Number.POSITIVE_INFINITY },
      });
      expect(planOf(method, "off").timeoutMs).toBeGreaterThan(planOf(method, "on").timeoutMs);
    }
  });

  test("caches what the policy says, and nothing else", () => {
    expect(planOf(batchGetWords, "on").cache).toMatchObject({ maxBatch: 100 });
    expect(planOf(say, "on").cache).toBeUndefined();
  });

  test("bounds the silence of a server stream, and lets one answer take its whole timeout", () => {
    expect(planOf(count, "on").silenceMsMax).toBe(3_000);
    for (const method of [say, tell, ask, collect]) {
      expect(planOf(method, "on").silenceMsMax).toBe(Number.POSITIVE_INFINITY);
    }
  });

  test("gives a call the criticality of the call that needs it", () => {
    const { criticalityFor } = planOf(say, "on");
    expect(criticalityFor(undefined)).toBe(DEFAULT);
    expect(criticalityFor(CRITICAL)).toBe(CRITICAL);
    expect(criticalityFor(SHEDDABLE)).toBe(SHEDDABLE);
  });
});
