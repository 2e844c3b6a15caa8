import { processNameOf, processUri } from "./process-uri.ts";

describe("the name in a certificate", () => {
  test("is read back as it was written, beside other names", () => {
    expect(processNameOf(`DNS:users, URI:${processUri("users")}, IP Address:10.0.0.1`)).toBe(
      "users",
    );
    expect(processNameOf(`URI:${processUri("images-worker")}`)).toBe("images-worker");
  });

  test.each([
    ["nothing", undefined],
    ["an empty text", ""],
    ["only another kind of name", "DNS:spiffe://triptych/users"],
    ["two URIs", "URI:spiffe://triptych/users, URI:spiffe://triptych/gateway"],
    ["a second URI of another kind", "URI:spiffe://triptych/users, URI:https://example.com"],
    ["another trust domain", "URI:spiffe://triptych.example/users"],
    ["another scheme", "URI:https://triptych/users"],
    ["a longer path", "URI:spiffe://triptych/users/images"],
    ["a query", "URI:spiffe://triptych/users?x"],
    ["no name", "URI:spiffe://triptych/"],
    ["capitals", "URI:spiffe://triptych/Users"],
    ["a name in quotes", 'DNS:"a, URI:spiffe://triptych/users, b"'],
  ])("is not read out of %s", (_, names) => {
    expect(processNameOf(names)).toBeUndefined();
  });
});
