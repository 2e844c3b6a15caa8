import { isIP } from "node:net";
import { resolve } from "node:path";
import { defineField, type Field, type FieldOptions, Invalid } from "./setting.ts";
import { integerField } from "./settings.ts";

/** The highest TCP port. */
const PORT_MAX = 65_535;

/** Where something listens. */
interface HostAndPort {
  /** A name or an address; an IPv6 address stands without its brackets. */
  readonly host: string;
  readonly port: number;
}

/** A port's options: 0 asks the system for a free one. */
interface PortOptions extends FieldOptions<number> {
  /** True allows 0, for tests and for what finds its port out by itself. */
  readonly allowZero?: boolean;
}

/** Reads a TCP port. */
export function port({ allowZero = false, ...options }: PortOptions): Field<number> {
  const min = allowZero ? 0 : 1;
  return integerField({ ...options, min, max: PORT_MAX }, `a port from ${min} to ${PORT_MAX}`);
}

/** Which urls are taken. */
interface UrlOptions extends FieldOptions<string> {
  /** Without a colon: `["postgres", "postgresql"]`. */
  readonly protocols: readonly string[];
}

/** Reads an absolute url, and gives it as it stands. Its text is never repeated in a violation. */
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
 * Reads the `host:port` of a callee, or of each of its replicas with commas between. An IPv6
 * address stands in brackets. One host may be a name; of several each must be an address, and all
 * of one family, since gRPC looks up one name only.
 */
export function addresses(options: FieldOptions<readonly string[]>): Field<readonly string[]> {
  return defineField(options, {
    expected: "a host and a port, such as 127.0.0.1:8081, or several addresses with commas between",
    parse: (value) => parseAddresses(value) ?? new Invalid(),
    show: (value) => value.join(","),
  });
}

/**
 * Reads a path of a file or folder, made absolute from the working directory. It need not exist.
 */
export function path(options: FieldOptions<string>): Field<string> {
  return defineField(options, {
    expected: "a path",
    parse: (value) => (value.includes("\0") ? new Invalid() : resolve(value)),
  });
}

/** Writes an address as `host:port`, as grpc-js and `HostAndPort` fields read it. */
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
