/** The port of what signs access tokens. */
export interface AccessTokens {
  sign(session: {
    readonly subject: string;
    readonly sessionId: string;
    readonly operator: boolean;
  }): Promise<{ readonly token: string }>;
}
