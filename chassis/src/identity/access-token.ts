/** The one signature algorithm of access tokens; a token that names another is refused. */
export const ACCESS_TOKEN_ALGORITHM = "EdDSA";

/**
 * The `typ` of an access token's header (RFC 9068), so that no other kind of token passes for one.
 */
export const ACCESS_TOKEN_TYPE = "at+jwt";

/** An access token whose signature and claims were found right. */
export interface AccessToken {
  /** Whom it speaks for: the user's id. */
  readonly subject: string;
  /** The session that it was given in: the `sid` claim. */
  readonly sessionId: string;
  /**
   * Whether the user runs the system: the `operator` claim is true, and nothing that resembles it.
   */
  readonly operator: boolean;
  /** When it ends. */
  readonly expireTime: Date;
  /** The token as it came. */
  readonly token: string;
}

/** The token is not one of ours, or no longer. Why is in `cause`: to be logged, not told. */
export class InvalidAccessToken extends Error {
  override readonly name = "InvalidAccessToken";
}
