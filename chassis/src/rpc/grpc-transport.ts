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
import { checkHealth } from "./check-health.ts";
import { toMetadata } from "./grpc-headers.ts";
import { MESSAGE_BYTES_MAX } from "./message-limit.ts";
import type { FailurePolicySwitch } from "./method-policy.ts";
import { RpcError } from "./rpc-error.ts";
import { serviceConfigOf } from "./service-config.ts";
import { toMethodDefinition } from "./service-definition.ts";
import { fromServiceError } from "./status-details.ts";
import { readTrailingCalls } from "./trailing-calls.ts";
import type { CallHeaders, Explanation, Transport } from "./transport.ts";

/**
 * A callee that comes back is found within this time. Shorter than is usual on the internet, since the callee is a
 * neighbour, and a try costs it one refused SYN.
 */
const RECONNECT_BACKOFF_MS_MAX = 400;
const RECONNECT_BACKOFF_MS_FIRST = 100;
const KEEPALIVE_TIME_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 3_000;

/** Whom a transport reaches, and how. */
export interface GrpcTransportOptions {
  /** `host:port` of each replica. Several take turns; they are then addresses and not names. */
  readonly addresses: readonly string[];
  /** What the callee serves: calls of its methods are tried again as their policy allows. */
  readonly service: DescService;
  readonly failurePolicy: FailurePolicySwitch;
}

/** Connects to a callee by gRPC. One channel; it is made now and connects when it is first used. */
export function createGrpcTransport(options: GrpcTransportOptions): Transport {
  const { addresses, service, failurePolicy } = options;
  const client = new Client(targetOf(addresses), credentials.createInsecure(), {
    "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
    "grpc.max_send_message_length": MESSAGE_BYTES_MAX,
    "grpc.initial_reconnect_backoff_ms": RECONNECT_BACKOFF_MS_FIRST,
    "grpc.max_reconnect_backoff_ms": RECONNECT_BACKOFF_MS_MAX,
    "grpc.keepalive_time_ms": KEEPALIVE_TIME_MS,
    "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
    "grpc.keepalive_permit_without_calls": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.service_config": serviceConfigOf(service),
    "grpc.enable_retries": failurePolicy === "on" ? 1 : 0,
    "grpc.enable_channelz": 0,
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
    health: (timeoutMs) => checkHealth(client, service.typeName, timeoutMs),
    close: () => client.close(),
  };
}

/** gRPC's name of one or several replicas: a lone host is looked up, several are addresses of one family. */
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

function callOptions({ deadline, explanation }: CallHeaders): CallOptions {
  return {
    ...(deadline !== undefined && { deadline }),
    ...(explanation !== undefined && { credentials: countingTries(explanation) }),
  };
}

/** Credentials that are none. grpc-js asks for them before it sends each try, and tells of its tries in no other way. */
function countingTries(explanation: Explanation): CallCredentials {
  return CallCredentials.createFromMetadataGenerator((_, callback) => {
    explanation.sent?.();
    callback(null, new Metadata());
  });
}

/** Has what the callee called told as soon as the call has ended. */
function explained<C extends GrpcCall>(call: C, { explanation }: CallHeaders): C {
  if (explanation === undefined) return call;
  call.on("status", ({ metadata }) => explanation.called(readTrailingCalls(metadata)));
  return call;
}

/** The part of a grpc-js client call that all kinds share. */
interface GrpcCall {
  on(event: "status", listener: (status: StatusObject) => void): unknown;
}

type Done = (error: ServiceError | Error | null, response?: Message) => void;

/** Makes a promise of a call with one answer. The signal cancels the call. */
function settle(
  { signal }: CallHeaders,
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

/** Sends messages as fast as the callee takes them. A source that fails cancels the call, with its own error. */
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
  { signal }: CallHeaders,
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

/** What the signal says comes first: a cancelled call ends for its reason, not for having been cancelled. */
function asRpcError(error: ServiceError | Error, signal: AbortSignal): Error {
  if (signal.aborted && signal.reason instanceof RpcError) return signal.reason;
  if (error instanceof RpcError) return error;
  return "code" in error && "metadata" in error ? fromServiceError(error) : error;
}
