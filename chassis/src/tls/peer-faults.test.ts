import { findPeerFaults } from "./peer-faults.ts";

const FILES = { tlsCertificateFile: "/tls/tls.crt", tlsKeyFile: "/tls/tls.key" };
const FAR = { GRPC_HOST: "0.0.0.0", IMAGES_ADDRESS: ["127.0.0.1:1", "10.0.0.7:8082"] };

describe("findPeerFaults", () => {
  test.each(["127.0.0.1", "127.0.0.9:8081", "localhost", "localhost:8081", "::1", "[::1]:8081"])(
    "lets a process talk without TLS on %s",
    (address) => {
      expect(findPeerFaults({}, { GRPC_HOST: address, IMAGES_ADDRESS: [address] })).toEqual([]);
    },
  );

  test.each([
    "0.0.0.0",
    "::",
    "[::]:8081",
    "images:8082",
    "127.example.com:1",
    "localhost.example",
  ])("does not let it talk without TLS on %s", (address) => {
    const [fault] = findPeerFaults({ allowPlaintext: false }, { GRPC_HOST: address });
    expect(fault?.variable).toBe("GRPC_HOST");
    expect(fault?.message).toContain("ALLOW_PLAINTEXT=true");
  });

  test("names each setting that leads away, and the address that does", () => {
    const faults = findPeerFaults({}, FAR);
    expect(faults.map(({ variable }) => variable)).toEqual(["GRPC_HOST", "IMAGES_ADDRESS"]);
    expect(faults[1]?.message).toContain('not "10.0.0.7:8082"');
  });

  test("lets a process talk anywhere with TLS, or if it is told to do without", () => {
    expect(findPeerFaults({ ...FILES, tlsCaFile: "/tls/ca.crt" }, FAR)).toEqual([]);
    expect(findPeerFaults({ allowPlaintext: true }, FAR)).toEqual([]);
  });

  test("names the file that is missing, whatever the switch says", () => {
    const faults = findPeerFaults({ ...FILES, allowPlaintext: true }, FAR);
    expect(faults).toEqual([
      { variable: "TLS_CA_FILE", message: expect.stringContaining("are set together") },
    ]);
  });

  test("asks nothing of an address that was already found to be wrong", () => {
    expect(findPeerFaults({}, { GRPC_HOST: undefined })).toEqual([]);
  });
});
