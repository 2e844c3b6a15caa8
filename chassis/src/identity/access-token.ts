/** The one signature algorithm of access tokens; a token that names another is refused. */
export const ACCESS_TOKEN_ALGORITHM = "EdDSA";

/** The `typ` of an access token's header (RFC 9068). No other kind of token passes for one. */
export const ACCESS_TOKEN_TYPE = "at+jwt";

/** The claims of an access token that was verified. */
export interface AccessToken {
  /** The user's id. */
  readonly subject: string;
  /** The id of its session: the `sid` claim. */
  readonly sessionId: string;
  /**
   * Whether the user is an operator of the system: the `operator` claim is exactly true.
   */
  readonly operator: boolean;
  /** When it expires. */
  readonly expireTime: Date;
  /** The token itself. */
  readonly token: string;
}

/**
 * The token is invalid or has expired. The reason is its `cause`, which may be logged, not sent.
 */
export class InvalidAccessToken extends Error {
  override readonly name = "InvalidAccessToken";

  /** Has no stack, as a refusal has none: that of its cause says where. */
  constructor(message: string, options: ErrorOptions) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
