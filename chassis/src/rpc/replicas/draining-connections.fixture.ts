import { promisify } from "node:util";
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type ServiceError,
} from "@grpc/grpc-js";
import { keepDrainingConnections } from "./draining-connections.ts";

/**
 * A process for the tests: whether closing sessions are kept holds for a whole one. Prints how the
 * stream ended: a status, 0 if well.
 */
const PATH = "/test.v1.Test/Stream";
const KEEPALIVE = { "grpc.keepalive_time_ms": 100, "grpc.keepalive_timeout_ms": 1_000 };
/** Several pings long. */
const STREAM_MS = 800;
const asIs = (bytes: Buffer) => bytes;

/** Plays a stream that outlasts several pings on a connection that one side closes meanwhile. */
async function endOfStream(closedBy: "server" | "client"): Promise<number> {
  const server = new Server(KEEPALIVE);
  const begun = Promise.withResolvers<void>();
  server.addService(
    {
      stream: {
        path: PATH,
        requestStream: false,
        responseStream: true,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    },
    {
      stream(call: ServerWritableStream<Buffer, Buffer>) {
        call.write(Buffer.from("first"));
        begun.resolve();
        setTimeout(() => call.end(), STREAM_MS);
      },
    },
  );
  const bind = promisify(server.bindAsync).bind(server);
  const port = await bind("127.0.0.1:0", ServerCredentials.createInsecure());
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), KEEPALIVE);
  try {
    const call = client.makeServerStreamRequest(PATH, asIs, asIs, Buffer.from("x"));
    const ended = new Promise<number>((resolve) => {
      call.on("data", () => {});
      call.on("end", () => resolve(0));
      call.on("error", (error: ServiceError) => resolve(error.code));
    });
    await begun.promise;
    if (closedBy === "server") server.tryShutdown(() => {});
    else client.close();
    return await ended;
  } finally {
    client.close();
    server.forceShutdown();
  }
}

const [side, keeps] = process.argv.slice(2);
if (keeps === "kept") keepDrainingConnections();
process.stdout.write(String(await endOfStream(side === "server" ? "server" : "client")));
