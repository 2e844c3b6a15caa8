import { isNativeError } from "node:util/types";

/** Causes beyond this number add nothing that a sentence could hold. */
const CAUSES_MAX = 5;

/**
 * Says in one line why a process could not start: the error's message and its causes', without a
 * stack. A port in use, a refused connection and a folder without permission are said in words
 * instead of codes.
 */
export function describeError(error: unknown): string {
  const chain = chainOf(error);
  const messages = chain.map((link) => explain(link) ?? messageOf(link));
  // A wrapper often repeats its cause's message as the end of its own.
  const told = messages.filter(
    (message, index) =>
      message !== "" && !messages.slice(0, index).some((one) => one.includes(message)),
  );
  return told.join(": ").replaceAll(/\s*\n\s*/g, " ");
}

/**
 * The error and its causes; for several at once the first, and for a suppressed one what came
 * first.
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

/** Says the errors of the system that an operator can do something about. */
function explain(error: unknown): string | undefined {
  const message = messageOf(error);
  // grpc-js wraps the socket's error into a message of its own, without its code.
  const inUse = /EADDRINUSE[^\]]*?address already in use (\S+?)[\],]*$/.exec(message);
  if (inUse !== null) {
    return `${nameOf(inUse[1])} is in use by another process: stop that one, or choose another port`;
  }
  const refused = /^connect ECONNREFUSED (\S+)$/.exec(message);
  if (refused !== null) {
    return `nothing answers at ${refused[1]}`;
  }
  const denied = /^(?:EACCES|EPERM): [^,]*, \w+ '(.+)'$/.exec(message);
  if (denied !== null) {
    return `this user may not use ${denied[1]}`;
  }
  const forbidden = /listen EACCES: permission denied (\S+)/.exec(message);
  return forbidden === null ? undefined : `this user may not listen on ${nameOf(forbidden[1])}`;
}

/** Names a port of every address by its number alone: `:::8080` would be a riddle. */
function nameOf(address = ""): string {
  return address.replace(/^(?:::|0\.0\.0\.0):(?=\d+$)/, "port ");
}
