import { setTimeout as delay } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { createGrpcServer } from "#rpc/grpc/grpc-server.ts";
import { createGrpcTransport } from "#rpc/grpc/grpc-transport.ts";
import { createLogger } from "#telemetry/logger.ts";
import { ECHO_CALLER } from "#testing/echo-file.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter } from "#testing/echo-transports.ts";
import { eventually } from "#testing/eventually.ts";
import { quietClient } from "#testing/quiet-client.ts";
import {
  createTestAuthority,
  type TestAuthority,
  type TestCertificate,
} from "#testing/test-certificates.ts";
import { contextFor } from "#testing/test-context.ts";
import { connectWithTls12, openTestPeers, peersWith, type TestPeers } from "#testing/test-peers.ts";
import type { PeerCredentials } from "./peer-credentials.ts";

/**
 * New leaves of the first CA, then a move to the second, and new leaves again: 9 s, with a second
 * for each step.
 */
const LEAVES = 3;
const WORKERS = 3;
/** Calls for each connection, so that there are new connections all the time. */
const CALLS_PER_CONNECTION = 5;
const PACE_MS = 10;

const first = createTestAuthority();
const second = createTestAuthority();
const strangers = createTestAuthority();

/** A process whose files change, and a way to wait until it has read them. */
async function openRotating(name: string): Promise<{
  readonly own: TestPeers;
  readonly rotate: (authority: TestAuthority, ca: string) => Promise<void>;
}> {
  let taken = 0;
  const write = (line: string) => {
    if (line.includes("certificates were read again")) taken += 1;
  };
  const logger = createLogger({ service: name, level: "info", destination: { write } });
  const own = await openTestPeers(name, first, logger);
  return {
    own,
    async rotate(authority, ca) {
      const before = taken;
      await own.write(authority.signFor(name), ca);
      await eventually(async () => taken > before);
    },
  };
}

describe("certificates that change every second", () => {
  const cleanUp = new AsyncDisposableStack();
  let port: number;
  let server: Awaited<ReturnType<typeof openRotating>>;
  let client: Awaited<ReturnType<typeof openRotating>>;

  const connect = (peers: PeerCredentials) => {
    const addresses = [`127.0.0.1:${port}`];
    const failurePolicy = "on";
    const transport = createGrpcTransport({
      addresses,
      service: EchoService,
      failurePolicy,
      peers,
    });
    return { transport, client: quietClient(EchoService, transport) };
  };
  const sayOnce = async (pair: TestCertificate, ca: string) => {
    const { transport, client } = connect(peersWith(pair, ca));
    try {
      return await client.tell({ value: "once" }, contextFor());
    } finally {
      transport.close();
    }
  };

  beforeAll(async () => {
    server = await openRotating("echo");
    client = await openRotating(ECHO_CALLER);
    cleanUp.use(server.own);
    cleanUp.use(client.own);
    const { peers } = server.own;
    const grpc = createGrpcServer(echoRouter({}), { host: "127.0.0.1", port: 0, peers });
    port = await grpc.start();
    cleanUp.defer(() => grpc.drain(AbortSignal.timeout(100)));
  });
  afterAll(() => cleanUp.disposeAsync());

  test("fail no call on old or new connections, and trust no CA that was removed", async () => {
    let isOver = false;
    let answered = 0;
    const failures: unknown[] = [];
    const work = async () => {
      while (!isOver) {
        const { transport, client: echo } = connect(client.own.peers);
        for (let call = 0; call < CALLS_PER_CONNECTION; call++) {
          await echo.tell({ value: "hello" }, contextFor()).then(
            () => (answered += 1),
            (error) => failures.push(error),
          );
          await delay(PACE_MS);
        }
        transport.close();
      }
    };
    // These calls are never retried, which would hide a failure.
    const lasting = connect(client.own.peers);
    const workers = Array.from({ length: WORKERS }, work);
    const rotate = async (authority: TestAuthority, ca: string) => {
      await Promise.all([client.rotate(authority, ca), server.rotate(authority, ca)]);
      const old = lasting.client.tell({ value: "still" }, contextFor());
      await old.then(undefined, (error) => failures.push(error));
      // The control: a certificate of another CA is refused after a rotation too.
      await expect(sayOnce(strangers.signFor(ECHO_CALLER), ca)).rejects.toMatchObject({
        code: status.UNAVAILABLE,
      });
    };

    for (let leaf = 0; leaf < LEAVES; leaf++) await rotate(first, first.certificate);
    const both = first.certificate + second.certificate;
    await rotate(first, both);
    await rotate(second, both);
    // The control: a certificate of the old CA works until that is removed, and not after.
    const former = first.signFor(ECHO_CALLER);
    await expect(sayOnce(former, both)).resolves.toMatchObject({ value: "once" });
    await rotate(second, second.certificate);
    await expect(sayOnce(former, both)).rejects.toMatchObject({ code: status.UNAVAILABLE });
    for (let leaf = 0; leaf < LEAVES; leaf++) await rotate(second, second.certificate);

    await expect(
      connectWithTls12(port, second.signFor(ECHO_CALLER), second.certificate),
    ).rejects.toMatchObject({ code: expect.stringContaining("PROTOCOL_VERSION") });

    isOver = true;
    await Promise.all(workers);
    lasting.transport.close();
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(WORKERS * CALLS_PER_CONNECTION);
  });
});
