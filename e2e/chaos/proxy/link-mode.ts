/** What a link does to what passes it. */
export type LinkMode =
  | { readonly kind: "pass" }
  /** Each chunk arrives so much later, in either direction. */
  | { readonly kind: "slow"; readonly delayMs: number }
  /**
   * Takes connections and bytes, and passes nothing on. What waits goes on its way when the mode
   * changes.
   */
  | { readonly kind: "black-holed" }
  /** Nobody listens, and what was open is reset. */
  | { readonly kind: "refusing" }
  /** Every second call ends in a failure. */
  | { readonly kind: "half-failing" };

/** A wire between two processes that can be damaged. */
export interface Link {
  /** Where the caller dials. */
  readonly port: number;
  /** Listens. */
  start(): Promise<void>;
  /** Changes what happens to everything from now on. */
  setMode(mode: LinkMode): Promise<void>;
  /** Ends every connection, and listens no more. */
  close(): Promise<void>;
}
