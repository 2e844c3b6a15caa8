import type { InProcessTransport } from "@triptych/chassis/rpc/in-process-transport";
import { SERVICES, type ServiceName } from "#part-names.ts";
import type { SetAvailable } from "#supervisor/joined-part.ts";

/** Cuts calls to a service, or lets them through, when the supervisor says so; answers with what was asked. */
export function obeySupervisor(
  transports: Readonly<Record<ServiceName, Pick<InProcessTransport, "setAvailable">>>,
): void {
  process.on("message", (message: SetAvailable) => {
    const service = SERVICES.find((name) => name === message.service);
    if (service !== undefined) transports[service].setAvailable(message.available);
    process.send?.(message);
  });
}
