import { addresses, port, url } from "./address-settings.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { describeConfiguration, readConfiguration } from "./read-configuration.ts";
import { optional } from "./setting.ts";
import { integer, json, milliseconds, oneOf, text } from "./settings.ts";

const FIELDS = {
  port: port({ variable: "IMAGES_PORT", description: "where it listens", default: 8082 }),
  level: oneOf(["info", "debug"], {
    variable: "LOG_LEVEL",
    description: "how much is logged",
    default: "info",
  }),
  databaseUrl: url({
    variable: "DATABASE_URL",
    description: "its own Postgres database",
    protocols: ["postgres", "postgresql"],
    secret: true,
  }),
  drainTimeoutMs: milliseconds({
    variable: "DRAIN_TIMEOUT_MS",
    description: "how long calls may take to end",
    min: 0,
    max: 60_000,
    default: 10_000,
  }),
  note: optional(text({ variable: "NOTE", description: "anything" })),
  password: text({
    variable: "PASSWORD",
    description: "a password",
    default: "hunter2",
    secret: true,
  }),
};

function errorOf(
  environment: Record<string, string>,
  fields: Parameters<typeof readConfiguration>[1],
) {
  try {
    readConfiguration(environment, fields);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error;
    }
    throw error;
  }
  throw new Error("the configuration has no violation");
}

describe("readConfiguration", () => {
  test("reads values of the fields' types, and defaults for unset or empty variables", () => {
    const environment = { DATABASE_URL: "postgres://images@127.0.0.1/images", LOG_LEVEL: "" };
    const configuration = readConfiguration(environment, FIELDS);

    const drainTimeoutMs: number = configuration.drainTimeoutMs;
    const level: "info" | "debug" = configuration.level;
    const note: string | undefined = configuration.note;
    expect({ ...configuration, drainTimeoutMs, level, note }).toEqual({
      port: 8082,
      level: "info",
      databaseUrl: "postgres://images@127.0.0.1/images",
      drainTimeoutMs: 10_000,
      note: undefined,
      password: "hunter2",
    });
  });

  test("reports every violation at once", () => {
    const environment = { IMAGES_PORT: "eighty", LOG_LEVEL: "loud", DRAIN_TIMEOUT_MS: "-1" };
    const error = errorOf(environment, FIELDS);

    expect(error.violations).toEqual([
      { variable: "IMAGES_PORT", message: 'must be a port from 1 to 65535, not "eighty"' },
      { variable: "LOG_LEVEL", message: 'must be one of info, debug, not "loud"' },
      {
        variable: "DATABASE_URL",
        message:
          "is not set: it must be a url that begins with postgres:// or postgresql:// (its own Postgres database)",
      },
      {
        variable: "DRAIN_TIMEOUT_MS",
        message: 'must be a whole number of milliseconds from 0 to 60000, not "-1"',
      },
    ]);
    expect(error.message).toContain("IMAGES_PORT must be a port");
  });

  test("reports violations of several settings together after those of one", () => {
    const fields = { level: FIELDS.level, note: FIELDS.note, port: FIELDS.port };
    const read = (environment: Record<string, string>) => () =>
      readConfiguration(environment, fields, ({ level, note, port }) =>
        level === "debug" && note === undefined
          ? [{ variable: "NOTE", message: `is needed to debug at ${port}` }]
          : [],
      );

    expect(read({ LOG_LEVEL: "debug", NOTE: "why" })).not.toThrow();
    expect(read({ LOG_LEVEL: "debug", IMAGES_PORT: "eighty" })).toThrow(
      /IMAGES_PORT must be .*NOTE is needed to debug at undefined/,
    );
  });

  test("shows no secret, and no text of a url or of JSON", () => {
    const fields = {
      count: integer({ variable: "COUNT", description: "", min: 0, max: 9, secret: true }),
      address: url({ variable: "ADDRESS", description: "", protocols: ["https"] }),
      broken: json({ variable: "BROKEN", description: "", expected: "a key", parse: String }),
      refused: json({
        variable: "REFUSED",
        description: "",
        expected: "a key",
        secret: true,
        parse: (value) => {
          throw new Error(`what is ${JSON.stringify(value)}?`);
        },
      }),
    };
    const environment = {
      COUNT: "s3cret",
      ADDRESS: "http://user:s3cret@host",
      BROKEN: "s3cret",
      REFUSED: '{"d":"s3cret"}',
    };
    const error = errorOf(environment, fields);

    expect(error.violations).toHaveLength(4);
    expect(JSON.stringify([error.message, error.stack, error.violations])).not.toContain("s3cret");
  });

  test("repeats only the beginning of a long value", () => {
    const { message } = errorOf(
      { COUNT: "9".repeat(10_000) },
      { count: integer({ variable: "COUNT", description: "", min: 0, max: 9 }) },
    );
    expect(message.length).toBeLessThan(200);
  });
});

describe("describeConfiguration", () => {
  test("returns a row for each field, without secrets", () => {
    const fields = {
      ...FIELDS,
      peers: addresses({
        variable: "PEERS",
        description: "the others",
        default: ["127.0.0.1:1", "127.0.0.1:2"],
      }),
    };
    const rows = describeConfiguration(fields);

    expect(rows.map((row) => [row.variable, row.default])).toEqual([
      ["IMAGES_PORT", "8082"],
      ["LOG_LEVEL", "info"],
      ["DATABASE_URL", undefined],
      ["DRAIN_TIMEOUT_MS", "10000"],
      ["NOTE", ""],
      ["PASSWORD", "(secret)"],
      ["PEERS", "127.0.0.1:1,127.0.0.1:2"],
    ]);
    expect(rows[0]).toEqual({
      variable: "IMAGES_PORT",
      expected: "a port from 1 to 65535",
      default: "8082",
      description: "where it listens",
    });
  });
});
