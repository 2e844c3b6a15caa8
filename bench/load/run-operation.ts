import type { Connection } from "./connection.ts";
import type { OperationMaker } from "./operation-maker.ts";
import type { Tally } from "./tally.ts";

/** The pause between two requests that wait for the same condition. */
const POLL_MS = 50;
const ID = /"id":"([^"]+)"/;

/**
 * Runs the steps of an operation on a connection, one after the other, then calls `done` with
 * whether all answers were as expected. Callbacks, and no promises: at 40,000 requests a second the
 * load generator must not be what is measured.
 */
export function runOperation(
  maker: OperationMaker,
  { connection, tally }: { readonly connection: Connection; readonly tally: Tally },
  done: (succeeded: boolean) => void,
): void {
  const { steps, operation } = maker;
  const authorization = maker.authorization();
  let value = maker.value();
  let next = 0;
  const send = () => {
    const step = steps[next];
    if (step === undefined) {
      done(true);
      return;
    }
    const { status: expected, takesId, until } = step.template;
    const request = step.make(value, authorization);
    connection.send(request, takesId === true || until !== undefined, (status, body) => {
      if (!tally.answer(operation.name, status, expected)) {
        done(false);
        return;
      }
      if (takesId) value = ID.exec(body)?.[1] ?? "";
      if (until !== undefined && !body.includes(until)) {
        setTimeout(send, POLL_MS);
        return;
      }
      next += 1;
      send();
    });
  };
  send();
}
