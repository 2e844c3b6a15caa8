import { randomUUID } from "node:crypto";
import type { HttpRequest } from "#chaos/network/http-exchange.ts";
import type { LoadBalancer, Outcome } from "#chaos/network/load-balancer.ts";
import { type Call, Form } from "#chaos/routes/route-case.ts";
import { type AnswerClass, classify } from "./answer-class.ts";

/** The outcome of a call, and its class. */
interface CallResult extends Outcome {
  readonly class: AnswerClass;
}

/**
 * Sends a call through the load balancer, and calls its `onSuccess` after a success. Never rejects
 * for an outcome of the system.
 */
export async function sendCall(balancer: LoadBalancer, call: Call): Promise<CallResult> {
  const outcome = await balancer.send(toRequest(call));
  const { answer, attempts } = outcome;
  if (answer !== undefined && call.expected.includes(answer.status)) {
    call.onSuccess?.({ answer, attempts });
  }
  return { ...outcome, class: classify(outcome, call.expected) };
}

const BOUNDARY = "----the-chaos-suite";

function toRequest({ method, path, token, body }: Call): HttpRequest {
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(method === "POST" && { "idempotency-key": randomUUID() }),
  };
  if (body === undefined) return { method, path, headers };
  if (body instanceof Form) {
    const type = `multipart/form-data; boundary=${BOUNDARY}`;
    const encoded = encodeForm(body);
    return { method, path, headers: { ...headers, "content-type": type }, body: encoded };
  }
  const type = "application/json";
  return {
    method,
    path,
    headers: { ...headers, "content-type": type },
    body: JSON.stringify(body),
  };
}

function encodeForm({ fields, file }: Form): Buffer {
  const part = (head: string) => `--${BOUNDARY}\r\ncontent-disposition: form-data; ${head}\r\n\r\n`;
  const texts = Object.entries(fields).map(
    ([name, value]) => `${part(`name="${name}"`)}${value}\r\n`,
  );
  const beforeFile = texts.join("") + part('name="file"; filename="chaos.png"');
  return Buffer.concat([Buffer.from(beforeFile), file, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}
