import { renderMetrics } from "#operations/render-metrics.ts";
import { createMetrics } from "./metrics.ts";

describe("the metrics of the failure policy", () => {
  test("are read at each scrape, by callee and method", async () => {
    const metrics = createMetrics({ service: "test" });
    const labels = { callee: "users", method: "GetUser" };
    const bulkhead = { inUse: 1, queued: 2 };
    const budget = { tokens: 16 };
    const admission = { inFlight: 3, limit: 512, lagMs: 20 };
    metrics.client.watchBulkhead(labels, bulkhead);
    metrics.client.watchBudget(labels.callee, budget);
    metrics.server.watchAdmission(admission);
    bulkhead.queued = 5;
    budget.tokens = 7.5;
    admission.limit = 100;
    metrics.server.shed.inc({ method: "GetUser", rank: "default", cause: "lag" });
    const page = await renderMetrics([metrics]);
    const of = 'callee="users",method="GetUser",service="test"';
    expect(page).toContain(`bulkhead_in_flight{${of}} 1`);
    expect(page).toContain(`bulkhead_queued{${of}} 5`);
    expect(page).toContain('hedge_budget_tokens{callee="users",service="test"} 7.5');
    expect(page).toContain('admission_in_flight{service="test"} 3');
    expect(page).toContain('admission_limit{service="test"} 100');
    expect(page).toContain('admission_lag_seconds{service="test"} 0.02');
    expect(page).toContain(
      'shed_total{method="GetUser",rank="default",cause="lag",service="test"} 1',
    );
  });
});
