import { type Static, Type } from "typebox";
import { moment } from "./moment.ts";
import { words } from "./words.ts";

/** How a service does, as the gateway sees it. */
export const ServiceStatus = Type.Object({
  name: words(["users", "images", "comments"]),
  state: words(["up", "degraded", "down"], {
    description:
      "`down`: it cannot be reached. `degraded`: it takes no traffic or no writes, or a breaker is open.",
  }),
  since: moment("Since when the gateway has known it so."),
  breakers: Type.Array(
    Type.Object({
      method: Type.String({ examples: ["users.v1.UserService/GetUser"] }),
      state: words(["closed", "half-open", "open"]),
    }),
  ),
});
export type ServiceStatus = Static<typeof ServiceStatus>;

/** How every service does. */
export const SystemStatus = Type.Object({ services: Type.Array(ServiceStatus) });
