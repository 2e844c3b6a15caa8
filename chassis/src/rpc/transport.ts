import type { DescMethod, Message } from "@bufbuild/protobuf";
import type { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import type { Explanation } from "#rpc/trace/explanation.ts";
import type { Peer } from "#tls/peer.ts";

/** What goes along with a call, whatever the transport. */
export interface CallHeaders {
  /** Names the request in every log line of every process. */
  readonly requestId: string | undefined;
  /** `Bearer <access token>` of the user for whom the call is made; undefined if anonymous. */
  readonly authorization: string | undefined;
  /**
   * How much the call matters; undefined if the caller does not say, and then its method's policy
   * decides.
   */
  readonly criticality?: Criticality | undefined;
  /**
   * When the answer is of no more use, in milliseconds since the epoch; undefined if the caller set
   * none.
   */
  readonly deadline: number | undefined;
  /** Fires when the caller gives up. */
  readonly signal: AbortSignal;
  /**
   * Which process calls. Set by whoever receives the call, and never sent; undefined where nobody
   * has to prove it.
   */
  readonly peer?: Peer | undefined;
  /** Told what becomes of the call; undefined if nobody asked. */
  readonly explanation?: Explanation | undefined;
}

/** What a callee says of itself; one that is read-only does all its work but for writes. */
export type CalleeHealth = "serving" | "read-only" | "not-serving";

/**
 * Carries messages to a callee and back: over gRPC, or within the process. The two behave alike:
 * they throw {@link RpcError}s, keep the deadline, stop when the signal fires, and neither side
 * sees the other's message object.
 */
export interface Transport {
  /** One message there, one back. */
  unary(method: DescMethod, request: Message, headers: CallHeaders): Promise<Message>;
  /** One message there, many back. Leaving the loop early cancels the call. */
  serverStream(method: DescMethod, request: Message, headers: CallHeaders): AsyncIterable<Message>;
  /**
   * Many messages there, one back. The callee may answer before it has read them all. That the
   * messages end is no proof to it that all were sent: Node's HTTP/2 ends the stream of a client
   * that gives up, and resets it only then. A method that must know has its client say so in its
   * last message.
   */
  clientStream(
    method: DescMethod,
    requests: AsyncIterable<Message>,
    headers: CallHeaders,
  ): Promise<Message>;
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
