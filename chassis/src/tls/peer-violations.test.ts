import { findPeerViolations } from "./peer-violations.ts";

const FILES = { tlsCertificateFile: "/tls/tls.crt", tlsKeyFile: "/tls/tls.key" };
const FAR = { GRPC_HOST: "0.0.0.0", IMAGES_ADDRESS: ["127.0.0.1:1", "10.0.0.7:8082"] };

describe("findPeerViolations", () => {
  test.each(["127.0.0.1", "127.0.0.9:8081", "localhost", "localhost:8081", "::1", "[::1]:8081"])(
    "lets a process talk without TLS on %s",
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
  ])("does not let it talk without TLS on %s", (address) => {
    const [violation] = findPeerViolations({ allowPlaintext: false }, { GRPC_HOST: address });
    expect(violation?.variable).toBe("GRPC_HOST");
    expect(violation?.message).toContain("ALLOW_PLAINTEXT=true");
  });

  test("names each setting that leads away, and the address that does", () => {
    const violations = findPeerViolations({}, FAR);
    expect(violations.map(({ variable }) => variable)).toEqual(["GRPC_HOST", "IMAGES_ADDRESS"]);
    expect(violations[1]?.message).toContain('not "10.0.0.7:8082"');
  });

  test("lets a process talk anywhere with TLS, or if it is told to do without", () => {
    expect(findPeerViolations({ ...FILES, tlsCaFile: "/tls/ca.crt" }, FAR)).toEqual([]);
    expect(findPeerViolations({ allowPlaintext: true }, FAR)).toEqual([]);
  });

  test("names the file that is missing, whatever the switch says", () => {
    const violations = findPeerViolations({ ...FILES, allowPlaintext: true }, FAR);
    expect(violations).toEqual([
      { variable: "TLS_CA_FILE", message: expect.stringContaining("are set together") },
    ]);
  });

  test("asks nothing of an address that was already found to be wrong", () => {
    expect(findPeerViolations({}, { GRPC_HOST: undefined })).toEqual([]);
  });
});
