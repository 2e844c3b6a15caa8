import pg from "pg";

/**
 * The database can't be asked now: it is down, unreachable, refuses connections, or no connection came free in
 * time. Nothing is wrong with the statement. A COMMIT that fails so may have been carried out.
 */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
}

/** The caller's signal fired, or the statement or its transaction ran longer than its limit. */
export class QueryCanceled extends Error {
  override readonly name = "QueryCanceled";
}

const SERIALIZATION_FAILURE = "40001";
const DEADLOCK_DETECTED = "40P01";

/** query_canceled (also statement_timeout), idle_in_transaction_session_timeout, transaction_timeout. */
const CANCELED = new Set(["57014", "25P03", "25P04"]);

/**
 * Database is gone or renamed, "is not currently accepting connections". Neither comes from a statement on the
 * service's own tables in a way that a caller could tell from "unavailable".
 */
const UNAVAILABLE = new Set(["3D000", "55000"]);

/** Connection exception, insufficient resources, operator intervention, system error. */
const UNAVAILABLE_CLASSES = ["08", "53", "57", "58"];

const SYSTEM_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "EMFILE",
  "ENOENT", // the server's socket file, when it is reached by one
]);

/** pg reports these with no code: its own timers, and a socket that ended under a query. */
const CONNECTION_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after|Query read timeout)/;

/** By shape, since the errors of Node's own sockets may come from another realm than this module's Error. */
function read(error: unknown, member: "code" | "message"): string {
  const value = typeof error === "object" && error !== null ? Reflect.get(error, member) : "";
  return typeof value === "string" ? value : "";
}

function isUnavailable(error: unknown): boolean {
  const code = read(error, "code");
  if (error instanceof pg.DatabaseError) {
    return UNAVAILABLE.has(code) || UNAVAILABLE_CLASSES.some((prefix) => code.startsWith(prefix));
  }
  return SYSTEM_CODES.has(code) || CONNECTION_MESSAGE.test(read(error, "message"));
}

/** Turns what pg throws into DatabaseUnavailable or QueryCanceled (with its cause) where it is one; else gives it back. */
export function toDatabaseError(error: unknown): unknown {
  if (CANCELED.has(read(error, "code"))) {
    return new QueryCanceled("the query was canceled, or ran longer than its limit", {
      cause: error,
    });
  }
  if (isUnavailable(error)) {
    const message = `the database cannot be asked: ${read(error, "message")}`;
    return new DatabaseUnavailable(message, { cause: error });
  }
  return error;
}

/** True if the server itself answered with an error that leaves the connection usable. */
export function leavesConnectionUsable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === "ERROR";
}

/** True if two transactions got in each other's way, and the whole transaction may be tried again. */
export function isSerializationFailure(error: unknown): boolean {
  return [SERIALIZATION_FAILURE, DEADLOCK_DETECTED].includes(read(error, "code"));
}
