import type { ServiceName } from "#parts/part-names.ts";

/**
 * What the supervisor tells the monolith's process: whether calls to a service are let through, or
 * whether the service refuses writes. It answers with the same.
 */
export type ServiceOrder =
  | { readonly service: ServiceName; readonly available: boolean }
  | { readonly service: ServiceName; readonly readOnly: boolean };
