import { X509Certificate } from "node:crypto";
import { createTestAuthority } from "#testing/test-certificates.ts";
import { readValidity } from "./certificate-validity.ts";

const MINUTE_MS = 60_000;
const [soon, late] = [5, 50].map((minutes) => createTestAuthority(minutes * MINUTE_MS).certificate);

describe("the validity of the certificates in a file", () => {
  test("is that of the one that expires first, wherever it stands", () => {
    const expected = {
      notBefore: new X509Certificate(soon ?? "").validFromDate,
      notAfter: new X509Certificate(soon ?? "").validToDate,
    };
    expect(readValidity(Buffer.from(`a CA\n${late}another\n${soon}`))).toEqual(expected);
    expect(readValidity(Buffer.from(`${soon}${late}`))).toEqual(expected);
  });

  test("cannot be read if there is none, or one is broken", () => {
    expect(() => readValidity(Buffer.from("a CA"))).toThrow("there is no certificate");
    const broken = (soon ?? "").replace("\n", "\nAAAA");
    expect(() => readValidity(Buffer.from(`${late}${broken}`))).toThrow();
  });
});
