import { TLSSocket } from "node:tls";
import { status } from "@grpc/grpc-js";
import type { Transport } from "#rpc/transport.ts";
import { ECHO_CALLER } from "#testing/echo-file.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter } from "#testing/echo-transports.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { createTestAuthority, type TestCertificate } from "#testing/test-certificates.ts";
import { contextFor } from "#testing/test-context.ts";
import { openTestPeers, peersWith } from "#testing/test-peers.ts";
import { createGrpcServer } from "./grpc-server.ts";
import { createGrpcTransport } from "./grpc-transport.ts";

const HOST = "127.0.0.1";
const authority = createTestAuthority();

/**
 * Counts how often a server reads a caller's certificate. The caller's own end of the connection is
 * a socket too, without a server.
 */
function spyOnCertificates() {
  const { getPeerCertificate } = TLSSocket.prototype;
  let count = 0;
  function counted(this: TLSSocket, ...parameters: [true]) {
    if (Reflect.get(this, "server") != null) count += 1;
    return getPeerCertificate.apply(this, parameters);
  }
  TLSSocket.prototype.getPeerCertificate = counted as typeof getPeerCertificate;
  const restore = () => {
    TLSSocket.prototype.getPeerCertificate = getPeerCertificate;
  };
  return { count: () => count, restore };
}

describe("the peer of a connection", () => {
  test("is read from its certificate once for all calls, and again for another connection", async () => {
    await using stack = new AsyncDisposableStack();
    const own = stack.use(await openTestPeers("echo", authority));
    const server = createGrpcServer(echoRouter({}), { host: HOST, port: 0, peers: own.peers });
    const port = await server.start();
    stack.defer(() => server.drain(AbortSignal.timeout(100)));
    const dial = (pair: TestCertificate): Transport => {
      const peers = peersWith(pair, authority.certificate);
      const options = { addresses: [`${HOST}:${port}`], service: EchoService, peers };
      const transport = createGrpcTransport({ ...options, failurePolicy: "off" });
      return stack.adopt(transport, (opened) => opened.close());
    };
    const say = (transport: Transport) =>
      quietClient(EchoService, transport, "off").say({ value: "hello" }, contextFor());
    const reads = spyOnCertificates();
    stack.defer(reads.restore);

    const gateway = dial(authority.signFor(ECHO_CALLER));
    for (let call = 0; call < 3; call++) {
      await expect(say(gateway)).resolves.toMatchObject({ value: "hello" });
    }
    expect(reads.count()).toBe(1);

    const users = dial(authority.signFor("users"));
    for (let call = 0; call < 3; call++) {
      await expect(say(users)).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
    }
    expect(reads.count()).toBe(2);
    await expect(say(gateway)).resolves.toMatchObject({ value: "hello" });
    expect(reads.count()).toBe(2);
  });
});
