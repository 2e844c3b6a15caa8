import { Failure } from "./failure.ts";
import { RETRY_AFTER_MS } from "./retry-after.ts";
import { RpcError } from "./rpc-error.ts";
import { judge } from "./verdict.ts";

/** Which service is called, and how it says that there is nothing to be found. */
export interface Lookup {
  /** The name of the service, for the message and the metadata of the failure: `images`. */
  readonly callee: string;
  /**
   * The reason of the callee's contract that means "none, or none for this caller":
   * `IMAGE_NOT_FOUND`.
   */
  readonly notFound: string;
}

/**
 * Calls another service for something that may not exist: how `clients/` implement a port of the
 * domain. Returns undefined if the callee answers with the reason `notFound`. The status alone does
 * not decide: a NOT_FOUND without that reason may be a method that the callee does not know.
 *
 * @throws Failure DEPENDENCY_UNAVAILABLE if the callee could not be called, or not in time. It says
 * how long to wait: as long as the callee or its breaker says, else the default.
 * @throws RpcError any other answer of the callee: a defect, since the caller did not expect it.
 */
export async function findAtCallee<Answer>(
  { callee, notFound }: Lookup,
  call: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await call();
  } catch (thrown) {
    if (!(thrown instanceof RpcError)) throw thrown;
    if (thrown.reason === notFound) return undefined;
    if (judge(thrown).isUnavailable) throw dependencyUnavailable(callee, thrown);
    throw thrown;
  }
}

function dependencyUnavailable(
  service: string,
  cause: RpcError,
): Failure<"DEPENDENCY_UNAVAILABLE"> {
  const message = `The ${service} service cannot be asked now: try again shortly.`;
  return new Failure("DEPENDENCY_UNAVAILABLE", message, {
    metadata: { service },
    retryAfterMs: cause.retryAfterMs ?? RETRY_AFTER_MS,
    cause,
  });
}
