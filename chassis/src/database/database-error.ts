import pg from "pg";

/**
 * The database can't be asked now: it is down, unreachable, refuses connections, or no connection
 * came free in time. Nothing is wrong with the statement. A COMMIT that fails so may have been
 * carried out.
 */
export class DatabaseUnavailable extends Error {
  override readonly name: string = "DatabaseUnavailable";
}

/**
 * All connections are in use, by calls that matter as much or more. Nothing was sent, and nothing
 * is wrong with the database.
 */
export class PoolBusy extends DatabaseUnavailable {
  override readonly name = "PoolBusy";
}

/** No connection can be opened: nothing was sent. */
export class CannotConnect extends DatabaseUnavailable {
  override readonly name = "CannotConnect";
}

/**
 * The connection ended before the answer came: what was sent may have been carried out, if it was
 * not in a transaction.
 */
export class ConnectionLost extends DatabaseUnavailable {
  override readonly name = "ConnectionLost";
}

/**
 * The database has not got yet what this version needs: whoever brings it up to date has not, or is
 * at it.
 */
export class DatabaseOutdated extends DatabaseUnavailable {
  override readonly name = "DatabaseOutdated";
}

/** The database takes no writes now, and reads may go on. Nothing was changed. */
export class DatabaseReadOnly extends DatabaseUnavailable {
  override readonly name = "DatabaseReadOnly";
}

/** The caller's signal fired, or the statement or its transaction ran longer than its limit. */
export class QueryCanceled extends Error {
  override readonly name = "QueryCanceled";
}

/** Makes the error of a call whose signal fired. */
export function canceledBy(signal: AbortSignal): QueryCanceled {
  return new QueryCanceled("the call that asked was canceled", { cause: signal.reason });
}

const SERIALIZATION_FAILURE = "40001";
const DEADLOCK_DETECTED = "40P01";
const READ_ONLY_SQL_TRANSACTION = "25006";

/**
 * query_canceled (also statement_timeout), idle_in_transaction_session_timeout,
 * transaction_timeout.
 */
const CANCELED = new Set(["57014", "25P03", "25P04"]);

/**
 * Database is gone or renamed, "is not currently accepting connections". Neither comes from a
 * statement on the service's own tables in a way that a caller could tell from "unavailable".
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

/**
 * The process or the server is short of something, which says nothing of the database: too many
 * files, too many connections.
 */
const SHORTAGE = /^(EMFILE$|53)/;
/** Not the database's doing either: the pool was closed, as a process does when it ends. */
const POOL_CLOSED = /^Cannot use a pool after/;

/**
 * By shape, since the errors of Node's own sockets may come from another realm than this module's
 * Error.
 */
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

/**
 * Mutex what pg throws of a statement into an error of this file (with its cause) where it is one;
 * else gives it back.
 */
export function toDatabaseError(error: unknown): unknown {
  const code = read(error, "code");
  if (CANCELED.has(code)) {
    return new QueryCanceled("the query was canceled, or ran longer than its limit", {
      cause: error,
    });
  }
  if (code === READ_ONLY_SQL_TRANSACTION) {
    return new DatabaseReadOnly("the database takes no writes now", { cause: error });
  }
  if (!isUnavailable(error)) return error;
  const message = `the database cannot be asked: ${read(error, "message")}`;
  const isLost = !leavesConnectionUsable(error);
  return new (isLost ? ConnectionLost : DatabaseUnavailable)(message, { cause: error });
}

/**
 * Mutex what pg throws of an attempt to connect into DatabaseUnavailable or CannotConnect where it
 * is one; else gives it back.
 */
export function toConnectError(error: unknown): unknown {
  if (!isUnavailable(error)) return error;
  const reason = read(error, "message");
  const message = `the database cannot be asked: ${reason}`;
  const isGone = !SHORTAGE.test(read(error, "code")) && !POOL_CLOSED.test(reason);
  return new (isGone ? CannotConnect : DatabaseUnavailable)(message, { cause: error });
}

/** True if the server itself answered with an error that leaves the connection usable. */
export function leavesConnectionUsable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === "ERROR";
}

/**
 * True if two transactions got in each other's way, and the whole transaction may be tried again.
 */
export function isSerializationFailure(error: unknown): boolean {
  return [SERIALIZATION_FAILURE, DEADLOCK_DETECTED].includes(read(error, "code"));
}
