/** Signs access tokens. */
export interface AccessTokens {
  sign(session: {
    readonly subject: string;
    readonly sessionId: string;
  }): Promise<{ readonly token: string }>;
}
