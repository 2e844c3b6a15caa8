import { Client, status } from "@grpc/grpc-js";
import { createGrpcServer, type GrpcServer } from "#rpc/grpc/grpc-server.ts";
import { createGrpcTransport } from "#rpc/grpc/grpc-transport.ts";
import type { Transport } from "#rpc/transport.ts";
import { ECHO_CALLER } from "#testing/echo-file.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { createTestAuthority, type TestCertificate } from "#testing/test-certificates.ts";
import { contextFor } from "#testing/test-context.ts";
import { connectWithTls12, openTestPeers, peersWith, type TestPeers } from "#testing/test-peers.ts";
import type { PeerCredentials } from "./peer-credentials.ts";
import { processUri } from "./process-uri.ts";

const HOST = "127.0.0.1";
const authority = createTestAuthority();
const strangers = createTestAuthority();

describe("a server with certificates", () => {
  let own: TestPeers;
  let server: GrpcServer;
  let port: number;
  let handled = 0;
  const transports: Transport[] = [];

  const dial = (peers: PeerCredentials | undefined) => {
    const options = { addresses: [`${HOST}:${port}`], service: EchoService, peers };
    const transport = createGrpcTransport({ ...options, failurePolicy: "off" });
    transports.push(transport);
    return transport;
  };
  const say = (peers: PeerCredentials | undefined) =>
    quietClient(EchoService, dial(peers), "off").say({ value: "hello" }, contextFor());
  const sayWith = (pair: TestCertificate | undefined) =>
    say(peersWith(pair, authority.certificate));

  beforeAll(async () => {
    own = await openTestPeers("echo", authority);
    const router = echoRouter({
      say: async ({ value }) => {
        handled += 1;
        return { value };
      },
    });
    server = createGrpcServer(router, { host: HOST, port: 0, peers: own.peers });
    port = await server.start();
    server.setServing(true);
  });
  beforeEach(() => (handled = 0));
  afterEach(() => {
    for (const transport of transports.splice(0)) transport.close();
  });
  afterAll(async () => {
    await server.drain(AbortSignal.timeout(100));
    await own[Symbol.asyncDispose]();
  });

  test("answers the process that the contract names", async () => {
    await using caller = await openTestPeers(ECHO_CALLER, authority);
    await expect(say(caller.peers)).resolves.toMatchObject({ value: "hello" });
    expect(handled).toBe(1);
  });

  test.each([
    ["another process", authority.signFor("users")],
    ["itself", authority.signFor("echo")],
    ["a certificate without names", authority.sign({ uris: [] })],
    ["a certificate without a URI", authority.sign({ uris: [], dnsNames: [ECHO_CALLER] })],
    [
      "a certificate of two",
      authority.sign({ uris: [processUri(ECHO_CALLER), processUri("users")] }),
    ],
    [
      "a certificate of another domain",
      authority.sign({ uris: [`spiffe://other/${ECHO_CALLER}`] }),
    ],
    [
      "a name that holds the right one",
      authority.sign({ uris: [], dnsNames: [`a, URI:${processUri(ECHO_CALLER)}, b`] }),
    ],
  ])("refuses %s before anything is done", async (_, pair) => {
    const reason = "CALLER_NOT_ALLOWED";
    await expect(sayWith(pair)).rejects.toMatchObject({ code: status.PERMISSION_DENIED, reason });
    expect(handled).toBe(0);
  });

  test.each([
    ["no certificate", undefined],
    [
      "one that is no longer valid",
      authority.sign({ uris: [processUri(ECHO_CALLER)], expired: true }),
    ],
    ["one of another CA", strangers.signFor(ECHO_CALLER)],
  ])("lets nobody connect who has %s", async (_, pair) => {
    await expect(sayWith(pair)).rejects.toMatchObject({ code: status.UNAVAILABLE });
    expect(handled).toBe(0);
  });

  test("refuses connections without TLS, or with an older version", async () => {
    await expect(say(undefined)).rejects.toMatchObject({ code: status.UNAVAILABLE });
    await expect(
      connectWithTls12(port, authority.signFor(ECHO_CALLER), authority.certificate),
    ).rejects.toMatchObject({ code: expect.stringContaining("PROTOCOL_VERSION") });
  });

  test("answers health checks of every process of the CA, and lists its services to none", async () => {
    const { certificate, key } = authority.signFor("users");
    const peers = peersWith({ certificate, key }, authority.certificate);
    await expect(dial(peers).health(5_000)).resolves.toBe("serving");

    const raw = new Client(`${HOST}:${port}`, peers.forCallee("echo"), {
      "grpc.ssl_target_name_override": "echo",
    });
    const asIs = (bytes: Buffer) => bytes;
    const path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    const call = raw.makeBidiStreamRequest(path, asIs, asIs);
    call.end(Buffer.of(0x3a, 0x00));
    await expect(call.toArray()).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
    raw.close();
  });
});

describe("a client with certificates", () => {
  test.each([
    ["another process", "users", authority],
    ["a stranger", "echo", strangers],
  ])("says nothing to %s at the callee's address", async (_, name, signer) => {
    await using other = await openTestPeers(name, signer);
    await using own = await openTestPeers(ECHO_CALLER, authority);
    const server = createGrpcServer(echoRouter({}), { host: HOST, port: 0, peers: other.peers });
    const addresses = [`${HOST}:${await server.start()}`];
    const options = { addresses, service: EchoService, failurePolicy: "off" } as const;
    const transport = createGrpcTransport({ ...options, peers: own.peers });
    const call = quietClient(EchoService, transport, "off").say({ value: "secret" }, contextFor());
    await expect(call).rejects.toMatchObject({ code: status.UNAVAILABLE });
    transport.close();
    await server.drain(AbortSignal.timeout(100));
  });
});

describe("without certificates", () => {
  test("every caller is answered, which is what the log warns of", async () => {
    const server = createGrpcServer(echoRouter({}), { host: HOST, port: 0 });
    const transport = echoTransport(`${HOST}:${await server.start()}`);
    const call = quietClient(EchoService, transport).say({ value: "hello" }, contextFor());
    await expect(call).resolves.toMatchObject({ value: "hello" });
    transport.close();
    await server.drain(AbortSignal.timeout(100));
  });
});
