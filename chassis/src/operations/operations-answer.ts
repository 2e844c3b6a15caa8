/** The answer to a request. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
  /** The `Allow` header: the methods of the path. */
  readonly allow?: string;
}

/** A request to the read-only switch. */
export interface SwitchRequest {
  readonly method: string;
  /** The remote address of the socket. */
  readonly address: string | undefined;
}
