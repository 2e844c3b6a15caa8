import { isIP } from "node:net";
import { resolve } from "node:path";
import { defineField, type Field, type FieldOptions, Invalid } from "./setting.ts";
import { integerField } from "./settings.ts";

/** The highest TCP port. */
const PORT_MAX = 65_535;

/** The address that a server listens on. */
interface HostAndPort {
  /** A name or an address. An IPv6 address has no brackets here. */
  readonly host: string;
  readonly port: number;
}

/** The options of a port. */
interface PortOptions extends FieldOptions<number> {
  /** True allows 0, which takes a free port: for tests, and servers that report their port. */
  readonly allowZero?: boolean;
}

/** Reads a TCP port. */
export function port({ allowZero = false, ...options }: PortOptions): Field<number> {
  const min = allowZero ? 0 : 1;
  return integerField({ ...options, min, max: PORT_MAX }, `a port from ${min} to ${PORT_MAX}`);
}

/** The options of a url. */
interface UrlOptions extends FieldOptions<string> {
  /** The allowed protocols, without a colon: `["postgres", "postgresql"]`. */
  readonly protocols: readonly string[];
}

/** Reads an absolute url, unchanged. No violation repeats its text, which may hold a password. */
export function url({ protocols, ...options }: UrlOptions): Field<string> {
  const beginnings = protocols.map((name) => `${name}://`);
  return defineField(options, {
    expected: `a url that begins with ${beginnings.join(" or ")}`,
    parse: (value) => {
      const fits = beginnings.some((beginning) => value.startsWith(beginning));
      return fits && URL.canParse(value) ? value : new Invalid("it is not such a url");
    },
  });
}

/**
 * Reads the `host:port` of a callee, or of each of its replicas, separated by commas. An IPv6
 * address has brackets. One host may be a name; several must be addresses of one family, since gRPC
 * resolves one name only (service discovery by DNS).
 */
export function addresses(options: FieldOptions<readonly string[]>): Field<readonly string[]> {
  return defineField(options, {
    expected: "a host and a port, such as 127.0.0.1:8081, or several addresses separated by commas",
    parse: (value) => parseAddresses(value) ?? new Invalid(),
    show: (value) => value.join(","),
  });
}

/**
 * Reads the path of a file or folder, relative to the working directory, and returns it absolute.
 * It need not exist.
 */
export function path(options: FieldOptions<string>): Field<string> {
  return defineField(options, {
    expected: "a path",
    parse: (value) => (value.includes("\0") ? new Invalid() : resolve(value)),
  });
}

/** Formats an address as `host:port`, as grpc-js reads it. */
function formatHostAndPort({ host, port }: HostAndPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseAddresses(value: string): readonly string[] | undefined {
  const parsed = value.split(",").map((address) => parseHostAndPort(address.trim()));
  const known = parsed.filter((address) => address !== undefined);
  if (known.length < parsed.length) return undefined;
  const families = new Set(known.map(({ host }) => isIP(host)));
  if (known.length > 1 && (families.size > 1 || families.has(0))) return undefined;
  return known.map(formatHostAndPort);
}

function parseHostAndPort(value: string): HostAndPort | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(value);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host !== undefined && port >= 1 && port <= PORT_MAX ? { host, port } : undefined;
}
