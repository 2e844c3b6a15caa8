import type { LoadBalancer } from "#chaos/network/load-balancer.ts";
import { type Call, jsonOf } from "#chaos/routes/route-case.ts";
import { isWorse } from "./answer-class.ts";
import { sendCall } from "./send-call.ts";

/**
 * Sends a call that must succeed. Returns its JSON; null without a body. Throws if it does not
 * succeed.
 */
// biome-ignore lint/suspicious/noExplicitAny: answers have every shape; see their uses.
export async function succeed(balancer: LoadBalancer, call: Call): Promise<any> {
  const { answer, error, class: answerClass } = await sendCall(balancer, call);
  if (answer === undefined || isWorse(answerClass, "partial")) {
    const what = answer === undefined ? error : `${answer.status} ${answer.body.toString("utf8")}`;
    throw new Error(`${call.method} ${call.path} was ${answerClass}: ${what}`);
  }
  return answer.body.length === 0 ? null : jsonOf(answer);
}
