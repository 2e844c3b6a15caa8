import { SERVICES, type ServiceName } from "#parts/part-names.ts";

/**
 * An order from the supervisor to the monolith's process: whether calls reach a service, or whether
 * the service refuses writes. The answer is the same order.
 */
export type ServiceOrder =
  | { readonly service: ServiceName; readonly available: boolean }
  | { readonly service: ServiceName; readonly readOnly: boolean };

/** Reads an order out of a message between processes. Returns undefined if it is none. */
export function readServiceOrder(message: unknown): ServiceOrder | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const members = new Map<string, unknown>(Object.entries(message));
  const service = SERVICES.find((name) => name === members.get("service"));
  if (service === undefined) return undefined;
  const [available, readOnly] = [members.get("available"), members.get("readOnly")];
  if (typeof available === "boolean") return { service, available };
  return typeof readOnly === "boolean" ? { service, readOnly } : undefined;
}
