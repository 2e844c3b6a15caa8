import { SERVICES } from "#parts/part-names.ts";
import type { JoinedServices } from "./join-services.ts";
import type { ServiceOrder } from "./service-order.ts";

/**
 * Cuts calls to a service or lets them through, and lets it refuse writes or take them, when the
 * supervisor says so; answers with the order.
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
