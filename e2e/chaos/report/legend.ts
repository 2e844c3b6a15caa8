import { SLOW_MS } from "#chaos/run/faults.ts";

/** The text above the matrix, the same in every run. */
export const LEGEND = `# The failure matrix

\`pnpm chaos\` writes this page: edit the promises in
[promises.ts](../e2e/chaos/run/promises.ts) instead. Every part is taken away in every way while an
open-loop load uses every route. At the end every write that was acknowledged before, during and
after the fault is read back: it must be there, and not twice. The run fails if a cell is worse than
promised.

A cell shows, in this order:

- the worst class of answer in the first second of the fault, if it was worse than afterwards;
- the worst class once the fault is known (**bold**);
- the p99 of the latency from the intended start. There are few requests for each route, so that it
  is nearly the longest;
- how long after the part's return the last answer was less than full;
- the share of requests that were shed (503 \`OVERLOADED\`: load shedding). They are counted apart,
  and in no class.

The times are those of one small, shared machine: compare them with one another.

| class | meaning |
|---|---|
| full | whole and new |
| stale | whole; \`degraded\` says which parts are old, and how old |
| partial | \`degraded\` says which parts are missing |
| refused | 503 or 429 as a problem document, with \`Retry-After\` |
| failed | anything else: another status, a lost connection, no answer |

| fault | meaning |
|---|---|
| killed | SIGKILL to the process and its descendants; it is started again at the end |
| frozen | SIGSTOP to them: connections stay open, and nothing answers |
| slow | each message arrives ${SLOW_MS} ms later, in both directions |
| black-holed | connections are accepted, and nothing passes |
| half-failing | of a service, every second call is answered UNAVAILABLE; of a database or gateway, every second connection or message ends in a reset |
| refusing | nothing listens, and open connections are reset |

The worker has no callers: its link is the one to its database. One of the two gateways is damaged.
They stand behind a load balancer that probes the \`/readyz\` of both, and retries a request that no
gateway took, or that may be sent twice.
`;
