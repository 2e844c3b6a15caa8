import { randomUUID } from "node:crypto";
import type { DescMethod, DescService, Message } from "@bufbuild/protobuf";
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
} from "@grpc/grpc-js";
import { type FailurePolicySwitch, processOf } from "#contract/method-policy.ts";
import { RpcError } from "#contract/rpc-error.ts";
import { fromServiceError } from "#contract/status-details.ts";
import { TRANSPORT_ID } from "#rpc/replicas/callee-fault-balancer.ts";
import { keepDrainingConnections } from "#rpc/replicas/draining-connections.ts";
import { areAllSilent, watchForSilence } from "#rpc/replicas/unresponsive-replicas.ts";
import type { Explanation } from "#rpc/trace/explanation.ts";
import { readTraceTrailer } from "#rpc/trace/trace-trailer.ts";
import type { OutgoingCall, Transport } from "#rpc/transport.ts";
import type { PeerCredentials } from "#tls/peer-credentials.ts";
import { checkHealth } from "./check-health.ts";
import { CLIENT_OPTIONS } from "./connection-options.ts";
import { targetOf } from "./dial-target.ts";
import { toMetadata } from "./grpc-headers.ts";
import { serviceConfigOf } from "./service-config.ts";
import { toMethodDefinition } from "./service-definition.ts";

/** Whom a transport reaches, and how. */
export interface GrpcTransportOptions {
  /** `host:port` of each replica. Several take turns; they are then addresses and not names. */
  readonly addresses: readonly string[];
  /** What the callee serves: calls of its methods are tried again as their policy allows. */
  readonly service: DescService;
  readonly failurePolicy: FailurePolicySwitch;
  /**
   * How it proves who calls, and that the callee is the one that is meant. Without it nothing is
   * encrypted or proven.
   */
  readonly peers?: PeerCredentials | undefined;
}

/** Connects to a callee by gRPC. One channel; it is made now and connects when it is first used. */
export function createGrpcTransport(options: GrpcTransportOptions): Transport {
  const { addresses, service, failurePolicy, peers } = options;
  keepDrainingConnections();
  if (failurePolicy === "on") watchForSilence();
  const callee = processOf(service);
  const transportId = randomUUID();
  const channelCredentials = peers?.forCallee(callee) ?? credentials.createInsecure();
  const client = new Client(targetOf(addresses), channelCredentials, {
    ...CLIENT_OPTIONS,
    // What TLS is told to ask for: without it the address, which may not be one that TLS allows for
    // a name.
    "grpc.ssl_target_name_override": callee,
    [TRANSPORT_ID]: transportId,
    "grpc.service_config": serviceConfigOf(service, failurePolicy),
    "grpc.enable_retries": failurePolicy === "on" ? 1 : 0,
  });

  return {
    unary(method, request, headers) {
      const { path, requestSerialize, responseDeserialize } = definitionOf(method);
      return settle(headers, (done) => {
        const call = client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          toMetadata(headers),
          callOptions(headers),
          done,
        );
        return explained(call, headers);
      });
    },
    serverStream(method, request, headers) {
      const { path, requestSerialize, responseDeserialize } = definitionOf(method);
      return read(headers, () => {
        const call = client.makeServerStreamRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          toMetadata(headers),
          callOptions(headers),
        );
        return explained(call, headers);
      });
    },
    clientStream(method, requests, headers) {
      const { path, requestSerialize, responseDeserialize } = definitionOf(method);
      return settle(headers, (done) => {
        const call = client.makeClientStreamRequest(
          path,
          requestSerialize,
          responseDeserialize,
          toMetadata(headers),
          callOptions(headers),
          done,
        );
        void write(call, requests, done);
        return explained(call, headers);
      });
    },
    hangs: () => areAllSilent(transportId),
    health: (timeoutMs) => checkHealth(client, service.typeName, timeoutMs),
    close: () => client.close(),
  };
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
 * Credentials that are none. grpc-js asks for them before it sends each try, and tells of its tries
 * in no other way.
 */
function countingTries(explanation: Explanation): CallCredentials {
  return CallCredentials.createFromMetadataGenerator((_, callback) => {
    explanation.sent?.();
    callback(null, new Metadata());
  });
}

/** Has what the callee called told as soon as the call has ended. */
function explained<C extends GrpcCall>(call: C, { explanation }: OutgoingCall): C {
  if (explanation === undefined) return call;
  call.on("status", ({ metadata }) => explanation.called(readTraceTrailer(metadata)));
  return call;
}

/** The part of a grpc-js client call that all kinds share. */
interface GrpcCall {
  on(event: "status", listener: (status: StatusObject) => void): unknown;
}

type Done = (error: ServiceError | Error | null, response?: Message) => void;

/** Makes a promise of a call with one answer. The signal cancels the call. */
function settle(
  { signal }: OutgoingCall,
  start: (done: Done) => { cancel(): void },
): Promise<Message> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const cancel = () => call.cancel();
    const call = start((error, response) => {
      signal.removeEventListener("abort", cancel);
      if (error) reject(asRpcError(error, signal));
      else resolve(response as Message);
    });
    signal.addEventListener("abort", cancel, { once: true });
  });
}

/**
 * Sends messages as fast as the callee takes them. A source that fails cancels the call, with its
 * own error.
 */
async function write(
  call: ClientWritableStream<Message>,
  requests: AsyncIterable<Message>,
  done: Done,
): Promise<void> {
  // The callee may answer before it has read all: what is not yet sent is then not wanted.
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
      if (!call.write(request)) await new Promise<void>((resolve) => (wake = resolve));
      if (over) return;
    }
    call.end();
  } catch (thrown) {
    done(thrown instanceof Error ? thrown : new Error(String(thrown)));
    call.cancel();
  }
}

async function* read(
  { signal }: OutgoingCall,
  start: () => ClientReadableStream<Message>,
): AsyncIterable<Message> {
  signal.throwIfAborted();
  const call = start();
  const cancel = () => call.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    for await (const message of call) yield message;
  } catch (thrown) {
    throw asRpcError(thrown as ServiceError, signal);
  } finally {
    signal.removeEventListener("abort", cancel);
    call.cancel();
  }
}

/**
 * What the signal says comes first: a cancelled call ends for its reason, not for having been
 * cancelled.
 */
function asRpcError(error: ServiceError | Error, signal: AbortSignal): Error {
  if (signal.aborted && signal.reason instanceof RpcError) return signal.reason;
  if (error instanceof RpcError) return error;
  return "code" in error && "metadata" in error ? fromServiceError(error) : error;
}
