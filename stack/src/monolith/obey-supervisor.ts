import { SERVICES } from "#parts/part-names.ts";
import type { JoinedServices } from "./join-services.ts";
import type { ServiceOrder } from "./service-order.ts";

/**
 * Executes the supervisor's orders: makes a service available to the others or not, and makes it
 * read-only or writable. Answers with the order.
 */
export function obeySupervisor({
  transports,
  apps,
}: Pick<JoinedServices, "transports" | "apps">): void {
  process.on("message", (order: ServiceOrder) => {
    const service = SERVICES.find((name) => name === order.service);
    if (service !== undefined && "available" in order) {
      transports[service].setAvailable(order.available);
    }
    if ("readOnly" in order) {
      apps.find(({ name }) => name === service)?.readOnly.set(order.readOnly);
    }
    process.send?.(order);
  });
}
