import type { ChannelOptions } from "@grpc/grpc-js";
import { MESSAGE_BYTES_MAX } from "./message-limit.ts";
import type { FailurePolicySwitch } from "./method-policy.ts";

const KEEPALIVE_TIME_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 3_000;
/**
 * With the failure policy a caller of a callee that hangs, whole, or is cut off without a word, knows it within two and a half seconds: calls that may
 * be made twice are made elsewhere, and no new one is sent there. A process that is well answers a ping at once, however long its work takes.
 */
const CALLER_KEEPALIVE_TIME_MS = 500;
const CALLER_KEEPALIVE_TIMEOUT_MS = 2_000;
/** A client may ping somewhat more often than it should, and be let be. */
const PING_INTERVAL_MS_MIN = 5_000;
/**
 * A callee that comes back is found within this time. Shorter than is usual on the internet, since the callee is a
 * neighbour, and a try costs it one refused SYN.
 */
const RECONNECT_BACKOFF_MS_MAX = 400;
const RECONNECT_BACKOFF_MS_FIRST = 100;

/**
 * A connection is ended so long after it was made, give or take a tenth that grpc-js adds so that not all end at once: its caller looks the callee's
 * name up again, and finds a replica that is new though none has gone. Calls under way end where they are, for as long as the longest may take;
 * one that comes too late for the old connection goes over the new one.
 */
const CONNECTION_AGE_MS_MAX = 5_000;
const CONNECTION_GRACE_MS = 130_000;
/** A name is looked up at most so often; it is when a connection ends. */
const RESOLUTION_INTERVAL_MS_MIN = 500;

/** How every connection is kept, at either end. */
const BOTH_ENDS = {
  "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
  "grpc.max_send_message_length": MESSAGE_BYTES_MAX,
  "grpc.keepalive_time_ms": KEEPALIVE_TIME_MS,
  "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
  "grpc.enable_channelz": 0,
} as const satisfies ChannelOptions;

/** How a server keeps its connections. */
export const SERVER_OPTIONS = {
  ...BOTH_ENDS,
  "grpc.http2.min_ping_interval_without_data_ms": PING_INTERVAL_MS_MIN,
  "grpc.max_connection_age_ms": CONNECTION_AGE_MS_MAX,
  "grpc.max_connection_age_grace_ms": CONNECTION_GRACE_MS,
} as const satisfies ChannelOptions;

const CLIENT_OPTIONS = {
  ...BOTH_ENDS,
  "grpc.initial_reconnect_backoff_ms": RECONNECT_BACKOFF_MS_FIRST,
  "grpc.max_reconnect_backoff_ms": RECONNECT_BACKOFF_MS_MAX,
  "grpc.keepalive_permit_without_calls": 0,
  "grpc.dns_min_time_between_resolutions_ms": RESOLUTION_INTERVAL_MS_MIN,
  "grpc.service_config_disable_resolution": 1,
} as const satisfies ChannelOptions;

/** How a caller keeps its connections, finds its callees again, and with the policy notices soon that one hangs. */
export function clientOptions(failurePolicy: FailurePolicySwitch): ChannelOptions {
  if (failurePolicy === "off") return CLIENT_OPTIONS;
  return {
    ...CLIENT_OPTIONS,
    "grpc.keepalive_time_ms": CALLER_KEEPALIVE_TIME_MS,
    "grpc.keepalive_timeout_ms": CALLER_KEEPALIVE_TIMEOUT_MS,
  };
}
