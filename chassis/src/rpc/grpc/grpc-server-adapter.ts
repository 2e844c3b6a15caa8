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
import { TraceTrailer } from "#rpc/trace/trace-trailer.ts";
import type { IncomingCall } from "#rpc/transport.ts";
import type { Peer } from "#tls/peer.ts";
import type { ConnectedCall } from "./connection-peer.ts";
import { asksExplanation, fromMetadata } from "./grpc-headers.ts";

/** Why the signal of a call fires when its stream is closed. */
const GONE = "the stream is closed";

/** The part of a grpc-js server call that all kinds share. */
export interface GrpcCall extends ConnectedCall {
  readonly metadata: Metadata;
  getDeadline(): Date | number;
  on(event: "cancelled", listener: () => void): unknown;
}

/** Says which process makes a call; undefined where nobody has to prove it. */
export type Identify = (call: GrpcCall) => Peer | undefined;

/** Makes the grpc-js handler of one method, which hands the call to the router. */
export function toGrpcHandler(
  router: Router,
  method: DescMethod,
  identify: Identify,
): UntypedHandleCall {
  const headersOf = (call: GrpcCall) => ({ ...readHeaders(call), peer: identify(call) });
  if (method.methodKind === "unary") return unary(router, method, headersOf);
  if (method.methodKind === "server_streaming") return serverStream(router, method, headersOf);
  if (method.methodKind === "client_streaming") return clientStream(router, method, headersOf);
  throw new Error(`${method.name}: streams in both directions are not supported`);
}

function unary(
  router: Router,
  method: DescMethod,
  headersOf: HeadersOf,
): handleUnaryCall<Message, Message> {
  return function handleUnary(call, callback) {
    const headers = headersOf(call);
    router.unary(method, call.request, headers).then(
      (response) => callback(null, response, trailerOf(headers)),
      (error) => callback(failureOf(error, headers)),
    );
  };
}

function clientStream(
  router: Router,
  method: DescMethod,
  headersOf: HeadersOf,
): handleClientStreamingCall<Message, Message> {
  return function handleClientStream(call, callback) {
    const headers = headersOf(call);
    router.clientStream(method, call, headers).then(
      (response) => callback(null, response, trailerOf(headers)),
      (error) => callback(failureOf(error, headers)),
    );
  };
}

function serverStream(
  router: Router,
  method: DescMethod,
  headersOf: HeadersOf,
): handleServerStreamingCall<Message, Message> {
  return async function handleServerStream(call) {
    const headers = headersOf(call);
    try {
      for await (const response of router.serverStream(method, call.request, headers)) {
        await write(call, response, headers.signal);
      }
      call.end(trailerOf(headers));
    } catch (thrown) {
      const error = thrown instanceof RpcError ? thrown : cancelled();
      call.emit("error", failureOf(error, headers));
    }
  };
}

/** Writes, and waits for room if there is none, unless the client gives up first. */
async function write(
  call: ServerWritableStream<Message, Message>,
  message: Message,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) throw cancelled();
  if (!call.write(message)) await once(call, "drain", { signal });
}

/** The headers of a call, and what is sent behind its answer. */
interface ServerHeaders extends IncomingCall {
  readonly explanation: TraceTrailer | undefined;
}

type HeadersOf = (call: GrpcCall) => ServerHeaders;

function trailerOf({ explanation }: ServerHeaders): Metadata | undefined {
  return explanation?.writeTo(new Metadata());
}

function failureOf(error: RpcError, { explanation }: ServerHeaders): StatusObject {
  const failure = toStatusObject(error);
  explanation?.writeTo(failure.metadata);
  return failure;
}

function readHeaders(call: GrpcCall): ServerHeaders {
  const controller = new AbortController();
  // grpc-js says so of every call in the end, also of one that was answered: the reason is not
  // worth an error each.
  call.on("cancelled", () => controller.abort(GONE));
  const deadline = call.getDeadline();
  const milliseconds = deadline instanceof Date ? deadline.getTime() : deadline;
  return {
    ...fromMetadata(call.metadata),
    deadline: Number.isFinite(milliseconds) ? milliseconds : undefined,
    signal: controller.signal,
    explanation: asksExplanation(call.metadata) ? new TraceTrailer() : undefined,
  };
}
