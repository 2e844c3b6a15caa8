import type { ServiceName } from "#parts/part-names.ts";

/**
 * An order from the supervisor to the monolith's process: whether calls reach a service, or whether
 * the service refuses writes. The answer is the same order.
 */
export type ServiceOrder =
  | { readonly service: ServiceName; readonly available: boolean }
  | { readonly service: ServiceName; readonly readOnly: boolean };
