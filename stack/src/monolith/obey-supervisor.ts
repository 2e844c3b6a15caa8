import type { JoinedServices } from "./join-services.ts";
import { readServiceOrder } from "./service-order.ts";

/**
 * Executes the supervisor's orders: makes a service available to the others or not, and makes it
 * read-only or writable. Answers with the order. Ignores any other message.
 */
export function obeySupervisor({
  transports,
  apps,
}: Pick<JoinedServices, "transports" | "apps">): void {
  process.on("message", (message: unknown) => {
    const order = readServiceOrder(message);
    if (order === undefined) return;
    if ("available" in order) transports[order.service].setAvailable(order.available);
    else apps.find(({ name }) => name === order.service)?.readOnly.set(order.readOnly);
    process.send?.(order);
  });
}
