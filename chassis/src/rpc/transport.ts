import type { DescMethod, Message } from "@bufbuild/protobuf";
import type { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import type { Explanation } from "#rpc/trace/explanation.ts";
import type { Peer } from "#tls/peer.ts";

/** The fields that travel with a call. */
interface CallFields {
  /** Names the request in every log line of every process. */
  readonly requestId: string | undefined;
  /** `Bearer <access token>` of the user; undefined for an anonymous caller. */
  readonly authorization: string | undefined;
  /** Undefined if the caller does not say: then the policy of the method decides. */
  readonly criticality?: Criticality | undefined;
  /** In milliseconds since the epoch; undefined if there is none. */
  readonly deadline: number | undefined;
}

/** A call as its caller hands it to a transport. */
export interface OutgoingCall extends CallFields {
  /** Records the call for a trace; undefined if there is no trace. */
  readonly explanation?: Explanation | undefined;
}

/** A call as its callee receives it. */
export interface IncomingCall extends CallFields {
  /** Which process calls; undefined where nobody has to prove it. */
  readonly peer?: Peer | undefined;
  /** Receives the spans of the calls that answered it; undefined if the caller has no trace. */
  readonly explanation?: Pick<Explanation, "called"> | undefined;
}

/**
 * The callbacks of a call that was sent. One of them is called, never before the method of the
 * transport has returned: a call would be told its outcome before it knows its try. After the first
 * one, and after a cancellation, the receiver ignores the rest.
 */
export interface Told<Answer = Message> {
  answered(answer: Answer): void;
  /** With an {@link RpcError}, or the error of the source of a stream. */
  failed(error: unknown): void;
  /**
   * Called for a stream of requests: it waits for the callee, which reads no more now, or has read
   * everything and owes its answer.
   */
  waits?(): void;
  /** The callee has gone on to read. */
  goesOn?(): void;
}

/** A handle of a call that was sent. */
export interface Sent {
  /**
   * Cancels the call, at the callee too. If its caller has left, that says nothing about the
   * replica, however long it had the call.
   */
  cancel(why?: "caller left"): void;
}

/** A stream of answers. */
export interface MessageStream extends Sent {
  /** Reads one message at a time. Rejects with an {@link RpcError}. */
  next(): Promise<IteratorResult<Message>>;
}

/** The health of a callee. A read-only callee does everything but writes. */
export type CalleeHealth = "serving" | "read-only" | "not-serving";

/**
 * A transport carries messages to a callee and back, over gRPC or within the process. Both kinds
 * behave the same: they fail with {@link RpcError}s, enforce the deadline, and copy every message.
 * Callbacks in place of promises allow a call in flight to be one object.
 */
export interface Transport {
  /** One message there, one back. */
  unary(method: DescMethod, request: Message, call: OutgoingCall, told: Told): Sent;
  /** One message there, many back. The reader cancels the stream unless it reads to the end. */
  serverStream(method: DescMethod, request: Message, call: OutgoingCall): MessageStream;
  /**
   * Many messages there, one back. The messages may be plain fields. The callee may answer before
   * it has read them all. The end of the messages does not prove to it that all were sent: Node's
   * HTTP/2 ends the stream of a client that gives up, and resets it only then. If a method must
   * know, its client says so in the last message.
   */
  clientStream(
    method: DescMethod,
    requests: AsyncIterable<Message>,
    call: OutgoingCall,
    told: Told,
  ): Sent;
  /**
   * Calls the health check of the service (grpc.health.v1). Throws if there is no answer in time.
   */
  health(timeoutMs: number): Promise<CalleeHealth>;
  /** Whether no replica of the callee answers pings now: a second try would hang too. */
  isUnresponsive(): boolean;
  /** Closes the connections. Calls in flight fail. */
  close(): void;
}
