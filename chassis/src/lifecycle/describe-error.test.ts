import { once } from "node:events";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from "@grpc/grpc-js";
import { describeError } from "./describe-error.ts";

describe("describeError", () => {
  test("returns an error and its causes in one line, each message once", () => {
    const root = new Error("the disk is full");
    const middle = new Error("write failed: the disk is full", { cause: root });
    expect(describeError(new Error("no\n  database", { cause: middle }))).toBe(
      "no database: write failed: the disk is full",
    );
  });

  test.each([
    "listen EADDRINUSE: address already in use 127.0.0.1:8081",
    "No address added out of total 1 resolved errors: [listen EADDRINUSE: address already in use 127.0.0.1:8081]",
  ])("says in words that a port is in use: %s", (message) => {
    expect(
      describeError(new Error("the server did not start", { cause: new Error(message) })),
    ).toBe(
      "the server did not start: 127.0.0.1:8081 is in use by another process: stop that one, or choose another port",
    );
  });

  test.each([":::8080", "0.0.0.0:8080"])(
    "names the port alone if it is of every address: %s",
    (address) => {
      expect(
        describeError(new Error(`listen EADDRINUSE: address already in use ${address}`)),
      ).toMatch(/^port 8080 is in use/);
    },
  );

  test("explains the errors of a real socket and of grpc-js", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const sentence = `127.0.0.1:${port} is in use by another process: stop that one, or choose another port`;

    const [socketError] = await once(createServer().listen(port, "127.0.0.1"), "error").catch(
      (error: unknown) => [error],
    );
    expect(describeError(socketError)).toBe(sentence);

    setLogVerbosity(logVerbosity.NONE);
    const bind = promisify(Server.prototype.bindAsync);
    const credentials = ServerCredentials.createInsecure();
    const grpcError: unknown = await bind
      .call(new Server(), `127.0.0.1:${port}`, credentials)
      .catch((error: unknown) => error);
    taken.close();
    expect(describeError(grpcError)).toBe(sentence);
  });

  test("returns the first of several errors", () => {
    const refused = new Error("connect ECONNREFUSED 127.0.0.1:5432");
    expect(describeError(new AggregateError([refused, refused]))).toBe(
      "nothing answers at 127.0.0.1:5432",
    );
  });

  test("returns the suppressed error, not the one of stopping", () => {
    const both = new SuppressedError(new Error("stuck"), new Error("no luck"));
    expect(describeError(both)).toBe("no luck");
  });

  test("explains a folder without permission", () => {
    const message = "EACCES: permission denied, mkdir '/data/blobs'";
    expect(describeError(new Error(message))).toBe("this user may not use /data/blobs");
  });

  test("explains a full disk", () => {
    const message = "ENOSPC: no space left on device, write";
    expect(describeError(new Error(message))).toBe("the disk is full");
  });

  test.each<[string, unknown, string]>([
    ["a text", "no luck", "no luck"],
    ["nothing", undefined, ""],
    ["an error without a message", new TypeError(), "TypeError"],
  ])("bears %s", (_what, thrown, described) => {
    expect(describeError(thrown)).toBe(described);
  });

  test("ends at an error that is its own cause", () => {
    const error = new Error("round");
    error.cause = error;
    expect(describeError(error)).toBe("round");
  });
});
