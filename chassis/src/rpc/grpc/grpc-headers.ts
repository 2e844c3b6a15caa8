import { Metadata } from "@grpc/grpc-js";
import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { acceptRequestId } from "#ids/request-id.ts";
import type { OutgoingCall } from "#rpc/transport.ts";

const REQUEST_ID = "x-request-id";
const AUTHORIZATION = "authorization";
const CRITICALITY = "x-criticality";
const EXPLAIN = "x-explain";
const EXPLAIN_ON = "1";

/** The word of each criticality on the wire. */
const CRITICALITY_WORDS: ReadonlyMap<string, Criticality> = new Map([
  ["sheddable", Criticality.SHEDDABLE],
  ["default", Criticality.DEFAULT],
  ["critical", Criticality.CRITICAL],
]);

const WORD_OF: ReadonlyMap<Criticality | undefined, string> = new Map(
  [...CRITICALITY_WORDS].map(([word, criticality]) => [criticality, word]),
);

/** Writes a call's headers as gRPC metadata. */
export function toMetadata(headers: OutgoingCall): Metadata {
  const metadata = new Metadata();
  if (headers.requestId !== undefined) metadata.set(REQUEST_ID, headers.requestId);
  if (headers.authorization !== undefined) metadata.set(AUTHORIZATION, headers.authorization);
  const word = WORD_OF.get(headers.criticality);
  if (word !== undefined) metadata.set(CRITICALITY, word);
  if (headers.explanation !== undefined) metadata.set(EXPLAIN, EXPLAIN_ON);
  return metadata;
}

/** Reads the request id of a call, or returns a new one unless the call has one fit id. */
export function requestIdOf(metadata: Metadata): string {
  return acceptRequestId(metadata.get(REQUEST_ID).map(String));
}

/** Reads the token of a call, `Bearer <access token>`; undefined if it is anonymous. */
export function authorizationOf(metadata: Metadata): string | undefined {
  return first(metadata, AUTHORIZATION);
}

/** Reads the criticality of a call; undefined if its caller sets none. */
export function criticalityOf(metadata: Metadata): Criticality | undefined {
  return CRITICALITY_WORDS.get(first(metadata, CRITICALITY) ?? "");
}

/** Whether a caller wants its call explained. Whether it may is decided by its token. */
export function asksExplanation(metadata: Metadata): boolean {
  return first(metadata, EXPLAIN) === EXPLAIN_ON;
}

function first(metadata: Metadata, name: string): string | undefined {
  return metadata.get(name)[0]?.toString();
}
