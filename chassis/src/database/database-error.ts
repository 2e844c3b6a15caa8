import pg from "pg";

/**
 * The database is unavailable: it is down, unreachable or refuses connections, or no connection
 * came free in time. The statement is not at fault. A COMMIT that fails so may have been carried
 * out.
 */
export class DatabaseUnavailable extends Error {
  override readonly name: string = "DatabaseUnavailable";
}

/**
 * All connections of the pool are in use, by calls that are as critical or more. Nothing was sent,
 * and the database is not at fault.
 */
export class PoolBusy extends DatabaseUnavailable {
  override readonly name = "PoolBusy";
}

/** No connection can be opened. Nothing was sent. */
export class CannotConnect extends DatabaseUnavailable {
  override readonly name = "CannotConnect";
}

/**
 * The connection was lost before the answer. The statement may have been carried out, unless it was
 * in a transaction.
 */
export class ConnectionLost extends DatabaseUnavailable {
  override readonly name = "ConnectionLost";
}

/** Migrations that this version needs have not finished. */
export class DatabaseOutdated extends DatabaseUnavailable {
  override readonly name = "DatabaseOutdated";
}

/** The database refuses writes now. Reads go on. Nothing was changed. */
export class DatabaseReadOnly extends DatabaseUnavailable {
  override readonly name = "DatabaseReadOnly";
}

/**
 * Other transactions got in the way, by a deadlock, a lock that they hold, or a serialization
 * failure. Nothing was changed, and another attempt may succeed.
 */
export class TransactionConflict extends DatabaseUnavailable {
  override readonly name = "TransactionConflict";
}

/** The signal fired, or the statement or its transaction took longer than its limit. */
export class QueryCanceled extends Error {
  override readonly name = "QueryCanceled";
}

/** Returns the error of a query whose signal fired. */
export function canceledBy(signal: AbortSignal): QueryCanceled {
  return new QueryCanceled("the call was canceled", { cause: signal.reason });
}

/** serialization_failure, deadlock_detected, lock_not_available. */
const CONFLICT = new Set(["40001", "40P01", "55P03"]);
const READ_ONLY_SQL_TRANSACTION = "25006";
/**
 * Where Postgres finds that a migration has changed the columns of a prepared statement. It fails
 * on this connection from then on, and on a new one it does not.
 */
const STALE_PLAN_ROUTINE = "RevalidateCachedQuery";

/**
 * query_canceled (also statement_timeout), idle_in_transaction_session_timeout,
 * transaction_timeout.
 */
const CANCELED = new Set(["57014", "25P03", "25P04"]);

/**
 * The database was dropped or renamed, or "is not currently accepting connections". No statement on
 * the service's own tables fails so for another reason.
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
  "ENOENT", // the server's socket file
]);

/** pg reports these without a code: its own timeouts, and a socket that ended during a query. */
const CONNECTION_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after|Query read timeout)/;

/** The process or the server lacks a resource, files or connections. The database may be well. */
const SHORTAGE = /^(EMFILE$|53)/;
/** The pool was closed, as a process does when it ends. The database may be well. */
const POOL_CLOSED = /^Cannot use a pool after/;

/** Reads by shape, since the errors of Node's sockets may have the Error of another realm. */
function read(error: unknown, member: "code" | "message" | "routine"): string {
  const value = typeof error === "object" && error !== null ? Reflect.get(error, member) : "";
  return typeof value === "string" ? value : "";
}

function isUnavailable(error: unknown): boolean {
  const code = read(error, "code");
  if (error instanceof pg.DatabaseError) {
    if (isStalePlan(error)) return true;
    return UNAVAILABLE.has(code) || UNAVAILABLE_CLASSES.some((prefix) => code.startsWith(prefix));
  }
  return SYSTEM_CODES.has(code) || CONNECTION_MESSAGE.test(read(error, "message"));
}

/**
 * Returns the error of this file for an error of pg's query, with that as its cause; the error
 * itself if it is none of these.
 */
export function toDatabaseError(error: unknown): unknown {
  const code = read(error, "code");
  if (CANCELED.has(code)) {
    return new QueryCanceled("the query was canceled, or took longer than its limit", {
      cause: error,
    });
  }
  if (code === READ_ONLY_SQL_TRANSACTION) {
    return new DatabaseReadOnly("the database refuses writes now", { cause: error });
  }
  if (CONFLICT.has(code)) {
    const message = `another transaction got in the way: ${read(error, "message")}`;
    return new TransactionConflict(message, { cause: error });
  }
  if (!isUnavailable(error)) return error;
  const message = `the database is unavailable: ${read(error, "message")}`;
  const isLost = !leavesConnectionUsable(error);
  return new (isLost ? ConnectionLost : DatabaseUnavailable)(message, { cause: error });
}

/**
 * Returns DatabaseUnavailable or CannotConnect for an error of pg's connect, with that as its
 * cause. Whatever it is, a server that starts, a role that does not exist yet, a new password or an
 * expired certificate: the database cannot be asked, and the call is not at fault.
 */
export function toConnectError(error: unknown): DatabaseUnavailable {
  const reason = read(error, "message");
  const message = `the database is unavailable: ${reason}`;
  const isGone = !SHORTAGE.test(read(error, "code")) && !POOL_CLOSED.test(reason);
  return new (isGone ? CannotConnect : DatabaseUnavailable)(message, { cause: error });
}

/** Whether the server answered with an error after which the connection is still usable. */
export function leavesConnectionUsable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === "ERROR" && !isStalePlan(error);
}

function isStalePlan(error: unknown): boolean {
  return read(error, "routine") === STALE_PLAN_ROUTINE;
}
