import { findPeerViolations } from "./peer-violations.ts";

const FILES = { tlsCertificateFile: "/tls/tls.crt", tlsKeyFile: "/tls/tls.key" };
const FAR = { GRPC_HOST: "0.0.0.0", IMAGES_ADDRESS: ["127.0.0.1:1", "10.0.0.7:8082"] };

describe("findPeerViolations", () => {
  test.each(["127.0.0.1", "127.0.0.9:8081", "localhost", "localhost:8081", "::1", "[::1]:8081"])(
    "allows plaintext on %s",
    (address) => {
      expect(findPeerViolations({}, { GRPC_HOST: address, IMAGES_ADDRESS: [address] })).toEqual([]);
    },
  );

  test.each([
    "0.0.0.0",
    "::",
    "[::]:8081",
    "images:8082",
    "127.example.com:1",
    "localhost.example",
  ])("refuses plaintext on %s", (address) => {
    const [violation] = findPeerViolations({ allowPlaintext: false }, { GRPC_HOST: address });
    expect(violation?.variable).toBe("GRPC_HOST");
    expect(violation?.message).toContain("ALLOW_PLAINTEXT=true");
  });

  test("names each setting beyond loopback, and the address", () => {
    const violations = findPeerViolations({}, FAR);
    expect(violations.map(({ variable }) => variable)).toEqual(["GRPC_HOST", "IMAGES_ADDRESS"]);
    expect(violations[1]?.message).toContain('not "10.0.0.7:8082"');
  });

  test("allows any address with TLS, or if plaintext is allowed", () => {
    expect(findPeerViolations({ ...FILES, tlsCaFile: "/tls/ca.crt" }, FAR)).toEqual([]);
    expect(findPeerViolations({ allowPlaintext: true }, FAR)).toEqual([]);
  });

  test("names a missing file, also if plaintext is allowed", () => {
    const violations = findPeerViolations({ ...FILES, allowPlaintext: true }, FAR);
    expect(violations).toEqual([
      { variable: "TLS_CA_FILE", message: expect.stringContaining("are set together") },
    ]);
  });

  test("ignores an address that is invalid anyway", () => {
    expect(findPeerViolations({}, { GRPC_HOST: undefined })).toEqual([]);
  });
});
