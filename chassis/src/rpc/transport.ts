import type { DescMethod, Message } from "@bufbuild/protobuf";
import type { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import type { Explanation } from "#rpc/trace/explanation.ts";
import type { Peer } from "#tls/peer.ts";

/** The fields that travel with a call. */
interface CallFields {
  /** Names the request in every log line of every process. */
  readonly requestId: string | undefined;
  /** `Bearer <access token>` of the user for whom the call is made; undefined if anonymous. */
  readonly authorization: string | undefined;
  /** How much the call matters; undefined: as much as its method's policy says. */
  readonly criticality?: Criticality | undefined;
  /** When the answer is of no more use, in milliseconds since the epoch; undefined: never. */
  readonly deadline: number | undefined;
}

/** A call as its caller hands it to a transport. */
export interface OutgoingCall extends CallFields {
  /** Takes what becomes of the call; undefined if nobody wants it explained. */
  readonly explanation?: Explanation | undefined;
}

/** A call as its callee receives it. */
export interface IncomingCall extends CallFields {
  /** Which process calls; undefined where nobody has to prove it. */
  readonly peer?: Peer | undefined;
  /** Takes what was called to answer it; undefined if the caller does not want it explained. */
  readonly explanation?: Pick<Explanation, "called"> | undefined;
}

/**
 * Told how a call ends that was sent: by one of the two, once, and never before the transport's
 * method has returned. What comes after a cancellation is to be ignored.
 */
export interface Told<Answer = Message> {
  answered(answer: Answer): void;
  /** An {@link RpcError}, or what the source of a stream threw. */
  failed(error: unknown): void;
}

/** A call that was sent. */
export interface Sent {
  /** Cancels the call, at the callee too. */
  cancel(): void;
}

/** A stream of answers that was asked for. */
export interface MessageStream extends Sent {
  /** Rejects with an {@link RpcError}. Asked for one message after the other. */
  next(): Promise<IteratorResult<Message>>;
}

/** What a callee says of itself; one that is read-only does all its work but for writes. */
export type CalleeHealth = "serving" | "read-only" | "not-serving";

/**
 * Carries messages to a callee and back: over gRPC, or within the process. The two behave alike:
 * they fail with {@link RpcError}s, keep the deadline, and neither side sees the other's message
 * object. Callbacks in place of promises, since a call under way is then one object.
 */
export interface Transport {
  /** One message there, one back. */
  unary(method: DescMethod, request: Message, call: OutgoingCall, told: Told): Sent;
  /** One message there, many back. Has to be cancelled unless it is read to its end. */
  serverStream(method: DescMethod, request: Message, call: OutgoingCall): MessageStream;
  /**
   * Many messages there, one back; they may be the fields of messages. The callee may answer before
   * it has read them all. That the messages end is no proof to it that all were sent: Node's HTTP/2
   * ends the stream of a client that gives up, and resets it only then. A method that must know has
   * its client say so in its last message.
   */
  clientStream(
    method: DescMethod,
    requests: AsyncIterable<Message>,
    call: OutgoingCall,
    told: Told,
  ): Sent;
  /**
   * Asks the callee whether it can do its work (grpc.health.v1, of the service). Throws if it
   * cannot be asked in time.
   */
  health(timeoutMs: number): Promise<CalleeHealth>;
  /**
   * Whether no replica of the callee answers so much as a ping now: a second try would hang beside
   * the first.
   */
  hangs(): boolean;
  /** Closes the connections. Calls under way fail. */
  close(): void;
}
