import { isLoopback } from "./loopback.ts";

describe("a loopback host", () => {
  test.each(["127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "localhost"])(
    "is %s",
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  test.each([
    "10.0.0.7",
    "0.0.0.0",
    "::",
    "::ffff:10.0.0.7",
    "128.0.0.1",
    "127.1",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "",
    undefined,
  ])("is not %s", (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
