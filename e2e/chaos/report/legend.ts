import { SLOW_MS } from "#chaos/run/faults.ts";

/** What stands above the matrix. Nothing in it changes from run to run. */
export const LEGEND = `# The failure matrix

Written by \`pnpm chaos\`; edit the promises in [promises.ts](../e2e/chaos/run/promises.ts) and not this page. Every part is taken away in every way
while an open-loop load uses every route; every write that was acknowledged before, during and after is read back in the end: there, and not twice. The
run fails if a cell is worse than promised.

A cell says the worst class of answer once the fault is known (**bold**; before it what came in the first second, if that was worse), the p99 of the
latency from the intended start, with few requests for each route so that it is nearly the longest, and how long after the part's return the last
answer was less than full. What was shed (503 \`OVERLOADED\`: too much to do) is counted apart, and in no class. Times are those of one small, shared machine: read them beside one another.

| class | means |
|---|---|
| full | whole and new |
| stale | whole; some of it is old, and \`degraded\` says so and how old |
| partial | something is missing, and \`degraded\` says what |
| refused | 503 or 429 as a problem document, with \`Retry-After\` |
| failed | anything else: another status, a lost connection, no answer |

| fault | is |
|---|---|
| killed | SIGKILL to the process and all its children; it is started again at the end |
| frozen | SIGSTOP to them: connections stay open, nothing answers |
| slow | each message arrives ${SLOW_MS} ms later, in both directions |
| black-holed | connections are taken, and nothing passes |
| half-failing | every second call of a service is answered UNAVAILABLE; of a database or gateway every second connection or message ends in a reset |
| refusing | nobody listens, and open connections are reset |

The worker is called by nobody: its link is the one to its database. Of the two gateways one is damaged, behind a balancer that asks both for
\`/readyz\`, and sends a request again that nobody took or that may be sent twice.
`;
