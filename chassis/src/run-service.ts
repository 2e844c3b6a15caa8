import { ConfigurationError } from "#configuration/configuration-error.ts";
import type { Environment } from "#configuration/read-configuration.ts";
import { runProcess } from "#lifecycle/run-process.ts";
import { createLogger, type Logger, type LogLevel } from "#telemetry/logger.ts";
import { openPeerCredentials, type PeerCredentials } from "#tls/peer-credentials.ts";
import { findPeerViolations, type PeerSettings } from "#tls/peer-violations.ts";
import { type ServeOptions, serveApp } from "./serve-app.ts";
import type { ServiceApp } from "./service-app.ts";

/** The parts of a service's process. */
export interface RunServiceOptions<C> {
  readonly name: string;
  readonly readConfig: (environment: Environment) => C;
  /** Creates the app. It calls other services with these credentials, if there are any. */
  readonly createApp: (
    configuration: C,
    logger: Logger,
    peers: PeerCredentials | undefined,
  ) => ServiceApp;
}

/** Runs the process of a service, from its environment to its exit. Called by `main.ts`. */
export function runService<C extends ServeOptions & PeerSettings & { readonly logLevel: LogLevel }>(
  options: RunServiceOptions<C>,
): void {
  const { name } = options;
  runProcess({
    name,
    async start() {
      const configuration = options.readConfig(process.env);
      const logger = createLogger({ service: name, level: configuration.logLevel });
      // Checked here for every service: one that forgot to would answer every caller.
      const violations = findPeerViolations(configuration, { GRPC_HOST: configuration.grpcHost });
      if (violations.length > 0) throw new ConfigurationError(violations);
      const peers = await openPeerCredentials(name, configuration, logger);
      const app = options.createApp(configuration, logger, peers);
      return await serveApp(app, { ...configuration, peers }, logger);
    },
  });
}
