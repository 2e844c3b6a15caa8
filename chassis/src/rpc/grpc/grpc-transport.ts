import { randomUUID } from "node:crypto";
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescService,
  type Message,
} from "@bufbuild/protobuf";
import {
  CallCredentials,
  type CallOptions,
  Client,
  type ClientReadableStream,
  type ClientWritableStream,
  credentials,
  Metadata,
  type MethodDefinition,
  type ServiceError,
  type StatusObject,
  status,
} from "@grpc/grpc-js";
import { type FailurePolicySwitch, processOf } from "#contract/method-policy.ts";
import { fromServiceError } from "#contract/status-details.ts";
import { CALLER_LEFT } from "#contract/verdict.ts";
import { TRANSPORT_ID } from "#rpc/replicas/callee-fault-balancer.ts";
import { keepDrainingConnections } from "#rpc/replicas/draining-connections.ts";
import { areAllUnresponsive, watchReplicas } from "#rpc/replicas/unresponsive-replicas.ts";
import type { Explanation } from "#rpc/trace/explanation.ts";
import { readTraceTrailer } from "#rpc/trace/trace-trailer.ts";
import type { MessageStream, OutgoingCall, Sent, Told, Transport } from "#rpc/transport.ts";
import type { PeerCredentials } from "#tls/peer-credentials.ts";
import { checkHealth } from "./check-health.ts";
import { CLIENT_OPTIONS } from "./connection-options.ts";
import { widenConnections } from "./connection-window.ts";
import { toMetadata } from "./grpc-headers.ts";
import { channelPlanOf } from "./service-config.ts";
import { toMethodDefinition } from "./service-definition.ts";

/** The callee of a transport, and how to connect to it. */
export interface GrpcTransportOptions {
  /** `host:port` of each replica. If there are several, they are IP addresses. */
  readonly addresses: readonly string[];
  /** The service of the callee: the policies of its methods decide which calls are retried. */
  readonly service: DescService;
  readonly failurePolicy: FailurePolicySwitch;
  /**
   * The certificates that prove caller and callee to each other. Without them the connection is not
   * encrypted, and proves nothing.
   */
  readonly peers?: PeerCredentials | undefined;
}

/**
 * Creates a transport over gRPC, with a channel for calls and one for streams. Each connects when
 * it is first used.
 */
export function createGrpcTransport({
  addresses,
  service,
  failurePolicy,
  peers,
}: GrpcTransportOptions): Transport {
  keepDrainingConnections();
  widenConnections();
  const { channelOptions, watchesReplicas } = channelPlanOf(service, failurePolicy);
  if (watchesReplicas) watchReplicas();
  const callee = processOf(service);
  const transportId = randomUUID();
  const channelCredentials = peers?.forCallee(callee) ?? credentials.createInsecure();
  const options = {
    ...CLIENT_OPTIONS,
    ...channelOptions,
    // The server name for TLS. The default is the address, which TLS may not accept as a name.
    "grpc.ssl_target_name_override": callee,
    [TRANSPORT_ID]: transportId,
  };
  const client = new Client(targetOf(addresses), channelCredentials, options);
  // Streams have connections of their own. On one connection their chunks would stand before the
  // small messages of all other calls: its windows have 64 KiB, and a server's cannot be raised.
  const streams = new Client(targetOf(addresses), channelCredentials, {
    ...options,
    "grpc.use_local_subchannel_pool": 1,
  });

  return {
    unary(method, request, call, told) {
      const { path, requestSerialize, responseDeserialize } = definitionOf(method);
      const sent = client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        toMetadata(call),
        callOptions(call),
        tell(told),
      );
      return toSent(explained(sent, call));
    },
    serverStream(method, request, call) {
      const { path, requestSerialize, responseDeserialize } = definitionOf(method);
      const sent = streams.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        toMetadata(call),
        callOptions(call),
      );
      return toMessageStream(explained(sent, call));
    },
    clientStream(method, requests, call, told) {
      const { path, requestSerialize, responseDeserialize } = definitionOf(method);
      const sent = streams.makeClientStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        toMetadata(call),
        callOptions(call),
        tell(told),
      );
      void write(explained(sent, call), method.input, { requests, told });
      return toSent(sent);
    },
    isUnresponsive: () => areAllUnresponsive(transportId),
    health: (timeoutMs) => checkHealth(client, service.typeName, timeoutMs),
    close() {
      client.close();
      streams.close();
    },
  };
}

/**
 * Returns the gRPC target of one or several replicas. One host is resolved by DNS; several are
 * addresses of one family.
 */
function targetOf(addresses: readonly string[]): string {
  const [first = "", ...others] = addresses;
  if (others.length === 0) return `dns:///${first}`;
  return `${first.startsWith("[") ? "ipv6" : "ipv4"}:${addresses.join(",")}`;
}

const definitions = new WeakMap<DescMethod, MethodDefinition<Message, Message>>();

function definitionOf(method: DescMethod): MethodDefinition<Message, Message> {
  const known = definitions.get(method);
  if (known !== undefined) return known;
  const definition = toMethodDefinition(method);
  definitions.set(method, definition);
  return definition;
}

function callOptions({ deadline, explanation }: OutgoingCall): CallOptions {
  return {
    ...(deadline !== undefined && { deadline }),
    ...(explanation !== undefined && { credentials: countingTries(explanation) }),
  };
}

/**
 * Creates empty credentials that count tries: grpc-js reads them before each try, and reports its
 * tries in no other way.
 */
function countingTries(explanation: Explanation): CallCredentials {
  return CallCredentials.createFromMetadataGenerator((_, callback) => {
    explanation.sent();
    callback(null, new Metadata());
  });
}

/** Reads the spans of the callee when the call has ended. */
function explained<C extends GrpcCall>(call: C, { explanation }: OutgoingCall): C {
  if (explanation === undefined) return call;
  call.on("status", ({ metadata }) => explanation.called(readTraceTrailer(metadata)));
  return call;
}

/** The part of a grpc-js client call that all kinds share. */
interface GrpcCall {
  on(event: "status", listener: (status: StatusObject) => void): unknown;
}

/** Creates the callback of grpc-js for a call with one answer. */
function tell(told: Told): (error: ServiceError | null, response?: Message) => void {
  return function onEnd(error, response) {
    if (error === null) told.answered(response as Message);
    else told.failed(asRpcError(error));
  };
}

/**
 * Sends messages with backpressure. If the source fails, the call is cancelled and fails with that
 * error.
 */
async function write(
  call: ClientWritableStream<Message>,
  schema: DescMessage,
  { requests, told }: { readonly requests: AsyncIterable<Message>; readonly told: Told },
): Promise<void> {
  // The callee may answer before it has read all messages. The rest is then not sent.
  let over = false;
  let wake = () => {};
  const end = () => {
    over = true;
    wake();
  };
  call.on("status", end);
  call.on("error", end);
  call.on("drain", () => wake());
  try {
    for await (const request of requests) {
      if (over) return;
      if (!call.write(create(schema, request))) {
        told.waits?.();
        await new Promise<void>((resolve) => (wake = resolve));
        told.goesOn?.();
      }
      if (over) return;
    }
    call.end();
    told.waits?.();
  } catch (thrown) {
    told.failed(thrown);
    call.cancel();
  }
}

function toMessageStream(call: ClientReadableStream<Message>): MessageStream {
  const iterator: AsyncIterator<Message> = call[Symbol.asyncIterator]();
  return {
    next: () =>
      iterator.next().catch((thrown) => {
        throw asRpcError(thrown);
      }),
    cancel: (why) => cancel(call, why),
  };
}

function toSent(call: CancellableCall): Sent {
  return { cancel: (why) => cancel(call, why) };
}

/** A client call of grpc-js, and the call within it, which can be cancelled with another text. */
interface CancellableCall {
  cancel(): void;
  readonly call?: { cancelWithStatus(code: status, details: string): void };
}

/** Cancels a call. The load balancer reads in the text whether that speaks against the replica. */
function cancel(call: CancellableCall, why: "caller left" | undefined): void {
  if (why === undefined || call.call === undefined) call.cancel();
  else call.call.cancelWithStatus(status.CANCELLED, CALLER_LEFT);
}

function asRpcError(error: ServiceError): Error {
  return "code" in error && "metadata" in error ? fromServiceError(error) : error;
}
