import type { ChannelOptions } from "@grpc/grpc-js";

/** For comparison: a page of 100 comments has 240 kB, a chunk of an upload 64 KiB. */
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

const KEEPALIVE_TIME_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 3_000;
/** Shorter than the keepalive of our clients, so that no client is disconnected for its pings. */
const PING_INTERVAL_MS_MIN = 5_000;
/**
 * A callee that returns is detected within this time. It is shorter than usual on the internet: the
 * callee is in the same network, and an attempt costs it one refused SYN.
 */
const RECONNECT_BACKOFF_MS_MAX = 400;
const RECONNECT_BACKOFF_MS_FIRST = 100;

/**
 * The shortest time between two resolutions of a callee's name: after the end of a connection, or
 * for the balancer's service discovery.
 */
const RESOLUTION_INTERVAL_MS_MIN = 500;

/** The options of both ends of a connection. */
const BOTH_ENDS = {
  "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
  "grpc.max_send_message_length": MESSAGE_BYTES_MAX,
  "grpc.keepalive_time_ms": KEEPALIVE_TIME_MS,
  "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
  "grpc.enable_channelz": 0,
} as const satisfies ChannelOptions;

/** The options of a server. */
export const SERVER_OPTIONS = {
  ...BOTH_ENDS,
  "grpc.http2.min_ping_interval_without_data_ms": PING_INTERVAL_MS_MIN,
} as const satisfies ChannelOptions;

/** The options of a client: also how it reconnects. */
export const CLIENT_OPTIONS = {
  ...BOTH_ENDS,
  "grpc.initial_reconnect_backoff_ms": RECONNECT_BACKOFF_MS_FIRST,
  "grpc.max_reconnect_backoff_ms": RECONNECT_BACKOFF_MS_MAX,
  "grpc.keepalive_permit_without_calls": 0,
  "grpc.dns_min_time_between_resolutions_ms": RESOLUTION_INTERVAL_MS_MIN,
  "grpc.service_config_disable_resolution": 1,
} as const satisfies ChannelOptions;
