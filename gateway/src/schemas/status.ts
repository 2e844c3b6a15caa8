import { type Static, Type } from "typebox";
import { moment } from "./moment.ts";
import { words } from "./words.ts";

/** The state of a service, as the gateway sees it. */
export const ServiceStatus = Type.Object({
  name: words(["users", "images", "comments"]),
  state: words(["up", "degraded", "down"], {
    description:
      "`down`: it is unreachable, or answers nothing within a second. `degraded`: it is slow, takes no traffic or no writes, or a breaker is open.",
  }),
  since: moment("When the gateway first saw it in this state."),
  breakers: Type.Array(
    Type.Object({
      method: Type.String({ examples: ["users.v1.UserService/GetUser"] }),
      state: words(["closed", "half-open", "open"]),
    }),
  ),
});
export type ServiceStatus = Static<typeof ServiceStatus>;

/** The state of every service. */
export const SystemStatus = Type.Object({ services: Type.Array(ServiceStatus) });
