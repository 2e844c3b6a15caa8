import type { ChaosSystem } from "#chaos/system/chaos-system.ts";

/** The calls of all gateways to one callee since their start. */
export interface GatewayCalls {
  /** Calls that requests needed, sent or not. */
  readonly requested: number;
  /** Calls among these that were not sent. */
  readonly refused: number;
  readonly hedged: number;
}

/** Reads the gateways' calls to a callee from their metrics. */
export async function readGatewayCalls(system: ChaosSystem, callee: string): Promise<GatewayCalls> {
  const pages = system.gatewayMetricsUrls.map(async (url) => (await fetch(url)).text());
  const text = (await Promise.all(pages)).join("\n");
  return {
    requested: sumOf(text, "rpc_client_duration_seconds_count", callee),
    refused: sumOf(text, "refused_calls_total", callee),
    hedged: sumOf(text, "hedged_calls_total", callee),
  };
}

/** Adds up a metric over all its labels except the callee. */
function sumOf(text: string, metric: string, callee: string): number {
  const isOfCallee = (line: string) =>
    line.startsWith(`${metric}{`) && line.includes(`callee="${callee}"`);
  const values = text.split("\n").filter(isOfCallee);
  return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
