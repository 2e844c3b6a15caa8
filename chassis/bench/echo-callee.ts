import { createGrpcServer } from "#rpc/grpc/grpc-server.ts";
import { echoRouter } from "#testing/echo-transports.ts";

/** Serves the echo service until its parent ends. */
const server = createGrpcServer(echoRouter({}), { host: "127.0.0.1", port: 0 });
const port = await server.start();
server.setServing(true);
process.send?.(port);
process.on("disconnect", () => process.exit(0));
