import { Failure } from "#contract/failure.ts";
import { createLogger, type LogLevel } from "./logger.ts";

function capture(level: LogLevel = "info") {
  const written: string[] = [];
  const destination = { write: (line: string) => void written.push(line) };
  const logger = createLogger({ service: "images", level, destination });
  const lines = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, lines, text: () => written.join("") };
}

describe("a logger", () => {
  test("writes a JSON line with the time in UTC, the level, the service and the request", () => {
    const { logger, lines } = capture();
    logger.child({ requestId: "r1" }).info({ imageId: "i1" }, "stored");

    expect(lines()).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: "images",
        pid: process.pid,
        requestId: "r1",
        imageId: "i1",
        message: "stored",
      },
    ]);
  });

  test("writes nothing below its level", () => {
    const { logger, lines } = capture("warn");
    logger.info("no");
    logger.warn("yes");
    expect(lines().map((line) => line.message)).toEqual(["yes"]);
  });

  test.each(["error", "err"])("writes an error given as `%s` with its causes", (key) => {
    const { logger, lines } = capture();
    const cause = new Error("connection refused", { cause: new TypeError("at the root") });
    const metadata = { id: "i1" };
    logger.error({ [key]: new Failure("IMAGE_LOST", "It is lost.", { cause, metadata }) }, "x");

    expect(lines()[0]?.[key]).toMatchObject({
      message: "It is lost.",
      reason: "IMAGE_LOST",
      metadata,
      stack: expect.stringContaining("logger.test.ts"),
      cause: {
        message: "connection refused",
        cause: { type: "TypeError", message: "at the root" },
      },
    });
  });

  test("writes an error that is its own cause", () => {
    const { logger, lines } = capture();
    const error = new Error("round");
    error.cause = error;
    logger.error({ error }, "x");
    expect(lines()).toHaveLength(1);
  });

  test("writes no secret, at any depth, and changes no argument", () => {
    const { logger, text, lines } = capture();
    const secrets = {
      authorization: "s3cret",
      cookie: "s3cret",
      "set-cookie": ["s3cret"],
      password: "s3cret",
      token: "s3cret",
      accessToken: "s3cret",
      refreshToken: "s3cret",
      privateJwk: { d: "s3cret" },
    };
    logger.info(secrets, "one");
    logger.info({ caller: secrets }, "two");
    logger.info({ request: { headers: { ...secrets, host: "here" } } }, "three");
    logger.child({ ...secrets }).info("bound");
    logger.info({ calls: [{ Authorization: "s3cret" }] }, "in a list");
    const cause = Object.assign(new Error("the cause"), { request: secrets });
    const error = Object.assign(new Error("x", { cause }), { password: "s3cret" });
    logger.error({ error }, "in an error");
    logger.error(error);

    expect(text()).not.toContain("s3cret");
    expect(lines()[2]).toMatchObject({ request: { headers: { host: "here" } } });
    expect(secrets.password).toBe("s3cret");
  });
});
