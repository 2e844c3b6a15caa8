import type { ChannelOptions } from "@grpc/grpc-js";

/** The largest message in either direction: a page of 100 comments is 240 kB, a chunk 64 KiB. */
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

const KEEPALIVE_TIME_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 3_000;
/** A client may ping somewhat more often than it should, and be let be. */
const PING_INTERVAL_MS_MIN = 5_000;
/**
 * A callee that comes back is found within this time. Shorter than is usual on the internet, since
 * the callee is a neighbour, and a try costs it one refused SYN.
 */
const RECONNECT_BACKOFF_MS_MAX = 400;
const RECONNECT_BACKOFF_MS_FIRST = 100;

/**
 * A callee's name is looked up at most so often: when a connection ends, and when the balancer
 * wants to know of new replicas.
 */
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
} as const satisfies ChannelOptions;

/** How a caller keeps its connections, and finds its callees again. */
export const CLIENT_OPTIONS = {
  ...BOTH_ENDS,
  "grpc.initial_reconnect_backoff_ms": RECONNECT_BACKOFF_MS_FIRST,
  "grpc.max_reconnect_backoff_ms": RECONNECT_BACKOFF_MS_MAX,
  "grpc.keepalive_permit_without_calls": 0,
  "grpc.dns_min_time_between_resolutions_ms": RESOLUTION_INTERVAL_MS_MIN,
  "grpc.service_config_disable_resolution": 1,
} as const satisfies ChannelOptions;
