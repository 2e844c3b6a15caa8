/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
  /** Which methods there are, for who used another. */
  readonly allow?: string;
}

/** What is asked of the switch, and where the socket comes from. */
export interface SwitchRequest {
  readonly method: string;
  readonly address: string | undefined;
}
