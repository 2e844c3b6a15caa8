import assert from "node:assert";
import type { Environment } from "@triptych/chassis/configuration/read-configuration";
import {
  createInProcessTransport,
  type InProcessTransport,
} from "@triptych/chassis/rpc/in-process/in-process-transport";
import { createPreparedRouter } from "@triptych/chassis/rpc/server/prepared-router";
import type { ServiceApp } from "@triptych/chassis/service-app";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { createApp as createComments } from "@triptych/comments/app";
import { readConfig as readCommentsConfig } from "@triptych/comments/config";
import { createApp as createImages } from "@triptych/images/app";
import { readConfig as readImagesConfig } from "@triptych/images/config";
import { createApp as createUsers } from "@triptych/users/app";
import { readConfig as readUsersConfig } from "@triptych/users/config";
import { SERVICES, type ServiceName } from "#parts/part-names.ts";
import { ownSettings } from "#settings/own-settings.ts";
import { createLazyRouter } from "./lazy-router.ts";

/** The three services in one process. */
export interface JoinedServices {
  readonly apps: readonly ServiceApp[];
  /** In-process transports to each service, by its name. */
  readonly transports: Readonly<Record<ServiceName, InProcessTransport>>;
  /** True once every database is migrated. */
  isPrepared(): boolean;
  /** Migrates every database. */
  prepare(signal: AbortSignal): Promise<void>;
  /** Closes their connections. */
  close(): Promise<void>;
}

/** Creates each service from its own settings, and connects them by calls within the process. */
export function joinServices(environment: Environment): JoinedServices {
  const apps = new Map<ServiceName, ServiceApp>();
  const prepared = new Set<ServiceName>();
  const preparations = {
    users: Promise.withResolvers<void>(),
    images: Promise.withResolvers<void>(),
    comments: Promise.withResolvers<void>(),
  } satisfies Record<ServiceName, unknown>;
  const transportTo = (name: ServiceName) => {
    const router = createPreparedRouter(
      createLazyRouter(() => find(apps, name).router),
      { prepared: preparations[name].promise },
    );
    return createInProcessTransport(router, () => prepared.has(name));
  };
  const transports = {
    users: transportTo("users"),
    images: transportTo("images"),
    comments: transportTo("comments"),
  };
  const settings = (name: ServiceName) => ownSettings(environment, name);
  const users = readUsersConfig(settings("users"));
  apps.set(
    "users",
    createUsers(users, {
      logger: loggerOf("users", users),
      images: transports.images.calledBy("users"),
    }),
  );
  const own = readImagesConfig(settings("images"));
  apps.set("images", createImages(own, { logger: loggerOf("images", own) }));
  const comments = readCommentsConfig(settings("comments"));
  apps.set(
    "comments",
    createComments(comments, {
      logger: loggerOf("comments", comments),
      images: transports.images.calledBy("comments"),
    }),
  );

  return {
    apps: [...apps.values()],
    transports,
    isPrepared: () => prepared.size === SERVICES.length,
    async prepare(signal) {
      const prepareOne = async (name: ServiceName) => {
        await find(apps, name).prepare(signal);
        if (signal.aborted) return;
        prepared.add(name);
        preparations[name].resolve();
      };
      await Promise.all(SERVICES.map(prepareOne));
    },
    async close() {
      await Promise.all([...apps.values()].map((app) => app.close()));
    },
  };
}

function find(apps: ReadonlyMap<ServiceName, ServiceApp>, name: ServiceName): ServiceApp {
  const app = apps.get(name);
  assert(app !== undefined, "every service is made before the first call");
  return app;
}

function loggerOf(
  service: ServiceName,
  { logLevel: level }: { readonly logLevel: Parameters<typeof createLogger>[0]["level"] },
) {
  return createLogger({ service, level });
}
