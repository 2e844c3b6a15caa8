/**
 * Reads the number of calls that a process has answered as a service, with any outcome, from its
 * metrics.
 */
export async function servedCalls(metricsUrl: string): Promise<number> {
  const response = await fetch(metricsUrl, { headers: { connection: "close" } });
  const counts = (await response.text()).matchAll(
    /^rpc_server_duration_seconds_count\{[^}]*\} (\d+)$/gm,
  );
  return Array.from(counts, ([, count]) => Number(count)).reduce((sum, one) => sum + one, 0);
}
