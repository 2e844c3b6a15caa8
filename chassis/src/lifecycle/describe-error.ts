import { isNativeError } from "node:util/types";

/** A sentence cannot hold more causes. */
const CAUSES_MAX = 5;

/**
 * Returns in one line why a process could not start: the messages of the error and its causes,
 * without a stack. A port in use, a refused connection, a folder without permission and a full disk
 * are in words, not codes.
 */
export function describeError(error: unknown): string {
  const chain = chainOf(error);
  const messages = chain.map((link) => explain(link) ?? messageOf(link));
  // A wrapping error often ends with the message of its cause.
  const told = messages.filter(
    (message, index) =>
      message !== "" && !messages.slice(0, index).some((one) => one.includes(message)),
  );
  return told.join(": ").replaceAll(/\s*\n\s*/g, " ");
}

/**
 * Returns the error and its causes: of an AggregateError the first, of a SuppressedError the
 * suppressed one.
 */
function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let link = error; link !== undefined && chain.length < CAUSES_MAX; link = causeOf(link)) {
    if (!(link instanceof SuppressedError)) {
      chain.push(link);
    }
  }
  return chain;
}

function causeOf(error: unknown): unknown {
  if (error instanceof SuppressedError) {
    return error.suppressed;
  }
  if (error instanceof AggregateError && error.cause === undefined) {
    return error.errors[0];
  }
  return isNativeError(error) ? error.cause : undefined;
}

function messageOf(error: unknown): string {
  if (!isNativeError(error)) {
    return String(error);
  }
  return error.message === "" && !(error instanceof AggregateError) ? error.name : error.message;
}

/** Returns words for the system errors that an operator can correct. */
function explain(error: unknown): string | undefined {
  const message = messageOf(error);
  // grpc-js wraps the socket's error into its own message, without the code.
  const inUse = /EADDRINUSE[^\]]*?address already in use (\S+?)[\],]*$/.exec(message);
  if (inUse !== null) {
    return `${nameOf(inUse[1])} is in use by another process: stop that one, or choose another port`;
  }
  const refused = /^connect ECONNREFUSED (\S+)$/.exec(message);
  if (refused !== null) {
    return `nothing answers at ${refused[1]}`;
  }
  if (/^(?:ENOSPC|EDQUOT): /.test(message)) {
    return "the disk is full";
  }
  const denied = /^(?:EACCES|EPERM): [^,]*, \w+ '(.+)'$/.exec(message);
  if (denied !== null) {
    return `this user may not use ${denied[1]}`;
  }
  const forbidden = /listen EACCES: permission denied (\S+)/.exec(message);
  return forbidden === null ? undefined : `this user may not listen on ${nameOf(forbidden[1])}`;
}

/** Returns the port alone if it is one of every address: `port 8080`, not `:::8080`. */
function nameOf(address = ""): string {
  return address.replace(/^(?:::|0\.0\.0\.0):(?=\d+$)/, "port ");
}
