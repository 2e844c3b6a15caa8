import { once } from "node:events";
import type { DescMethod, Message } from "@bufbuild/protobuf";
import {
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type ServerWritableStream,
  type StatusObject,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import { cancelled } from "#contract/cancellation.ts";
import { RpcError } from "#contract/rpc-error.ts";
import { toStatusObject } from "#contract/status-details.ts";
import type { Router } from "#rpc/server/router.ts";
import type { ServedCall } from "#rpc/server/served-call.ts";
import { TraceTrailer } from "#rpc/trace/trace-trailer.ts";
import type { Peer } from "#tls/peer.ts";
import type { ConnectedCall } from "./connection-peer.ts";
import { asksExplanation, authorizationOf, criticalityOf, requestIdOf } from "./grpc-headers.ts";

/** The members of a grpc-js server call that all kinds share. */
export interface GrpcCall extends ConnectedCall {
  readonly metadata: Metadata;
  getDeadline(): Date | number;
  on(event: "cancelled", listener: () => void): unknown;
}

/** Returns the process that makes a call; undefined without TLS. */
export type Identify = (call: GrpcCall) => Peer | undefined;

/** Creates the grpc-js handler of one method. The router answers each call. */
export function toGrpcHandler(
  router: Router,
  method: DescMethod,
  identify: Identify,
): UntypedHandleCall {
  const open = openCall(router, method, identify);
  if (method.methodKind === "unary") return unary(router, open);
  if (method.methodKind === "server_streaming") return serverStream(router, open);
  if (method.methodKind === "client_streaming") return clientStream(router, open);
  throw new Error(`${method.name}: streams in both directions are not supported`);
}

function unary(router: Router, open: Open): handleUnaryCall<Message, Message> {
  return function handleUnary(call, callback) {
    const { served, explanation } = open(call);
    router.unary(served, call.request).then(
      (response) => callback(null, response, trailerOf(explanation)),
      (error) => callback(statusOf(error, explanation)),
    );
  };
}

function clientStream(router: Router, open: Open): handleClientStreamingCall<Message, Message> {
  return function handleClientStream(call, callback) {
    const { served, explanation } = open(call);
    router.clientStream(served, call).then(
      (response) => callback(null, response, trailerOf(explanation)),
      (error) => callback(statusOf(error, explanation)),
    );
  };
}

function serverStream(router: Router, open: Open): handleServerStreamingCall<Message, Message> {
  return async function handleServerStream(call) {
    const { served, explanation } = open(call);
    try {
      for await (const response of router.serverStream(served, call.request)) {
        await write(call, response, served.signal);
      }
      call.end(trailerOf(explanation));
    } catch (thrown) {
      // A wait for the buffer ends with an error of Node's, whatever the signal's reason.
      const { reason = cancelled() } = served.signal;
      call.emit("error", statusOf(thrown instanceof RpcError ? thrown : reason, explanation));
    }
  };
}

/** Writes a message. Backpressure: waits while the stream's buffer is full, until the call ends. */
async function write(
  call: ServerWritableStream<Message, Message>,
  message: Message,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) throw cancelled();
  if (!call.write(message)) await once(call, "drain", { signal });
}

/** A call of the router, and the trailer of its answer. */
interface OpenCall {
  readonly served: ServedCall;
  readonly explanation: TraceTrailer | undefined;
}

type Open = (call: GrpcCall) => OpenCall;

function openCall(router: Router, method: DescMethod, identify: Identify): Open {
  return (call) => {
    const { metadata } = call;
    const deadline = call.getDeadline();
    const deadlineMs = deadline instanceof Date ? deadline.getTime() : deadline;
    const explanation = asksExplanation(metadata) ? new TraceTrailer() : undefined;
    const served = router.open(method, {
      requestId: requestIdOf(metadata),
      authorization: authorizationOf(metadata),
      criticality: criticalityOf(metadata),
      deadline: Number.isFinite(deadlineMs) ? deadlineMs : undefined,
      peer: identify(call),
      explanation,
    });
    // grpc-js emits this at the end of every call, also of an answered one.
    call.on("cancelled", () => served.cancel());
    return { served, explanation };
  };
}

function trailerOf(explanation: TraceTrailer | undefined): Metadata | undefined {
  return explanation?.writeTo(new Metadata());
}

function statusOf(error: RpcError, explanation: TraceTrailer | undefined): StatusObject {
  const failure = toStatusObject(error);
  explanation?.writeTo(failure.metadata);
  return failure;
}
