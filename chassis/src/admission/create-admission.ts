import type { Metrics } from "#telemetry/metrics.ts";
import { Admission } from "./admission.ts";

/** Makes the admission of a process, or of one service in it, whose metrics show it. */
export function createAdmission(metrics: Metrics): Admission {
  const admission = new Admission((shed) => metrics.server.shed.inc(shed));
  metrics.server.watchAdmission(admission);
  return admission;
}
