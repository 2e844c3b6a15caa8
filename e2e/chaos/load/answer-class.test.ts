import type { Outcome } from "#chaos/network/load-balancer.ts";
import { type AnswerClass, classify } from "./answer-class.ts";

const PROBLEM = { "content-type": "application/problem+json", "retry-after": "1" };

function answered(status: number, headers: Record<string, string>, body: object = {}): Outcome {
  const bytes = Buffer.from(JSON.stringify(body));
  return { attempts: 1, answer: { status, headers, body: bytes } };
}

function withDegraded(...effects: readonly string[]): Outcome {
  const degraded = effects.map((effect) => ({ source: "users", effect }));
  return answered(200, { "content-type": "application/json; charset=utf-8" }, { degraded });
}

describe("classify", () => {
  test.each<[AnswerClass, string, Outcome]>([
    ["full", "a whole answer", answered(200, { "content-type": "application/json" })],
    ["full", "bytes", answered(200, { "content-type": "image/webp" })],
    ["stale", "old parts", withDegraded("stale")],
    ["partial", "a missing part beside an old one", withDegraded("stale", "absent")],
    ["refused", "a problem that says when to come back", answered(503, PROBLEM)],
    ["failed", "a refusal that does not", answered(503, { ...PROBLEM, "retry-after": "" })],
    ["failed", "a bare 503", answered(503, { "content-type": "text/html", "retry-after": "1" })],
    ["failed", "a wrong 404", answered(404, PROBLEM)],
    ["failed", "a defect", answered(500, PROBLEM)],
    ["failed", "no answer", { attempts: 2, error: "ECONNRESET" }],
  ])("is %s for %s", (expected, _what, outcome) => {
    expect(classify(outcome, [200])).toBe(expected);
  });
});
