/** The damage that a link does to what passes it (fault injection on the network). */
export type LinkMode =
  | { readonly kind: "pass" }
  /** Each chunk arrives later by this time, in both directions. */
  | { readonly kind: "slow"; readonly delayMs: number }
  /**
   * Accepts connections and bytes, and forwards nothing. Held bytes are forwarded when the mode
   * changes.
   */
  | { readonly kind: "black-holed" }
  /** Nothing listens, and open connections are reset. */
  | { readonly kind: "refusing" }
  /** Every second call fails. */
  | { readonly kind: "half-failing" };

/** A link between two processes: a proxy that can be damaged. */
export interface Link {
  /** The port that the caller dials. */
  readonly port: number;
  /** Starts listening. */
  start(): Promise<void>;
  /** Changes the mode for everything from now on. */
  setMode(mode: LinkMode): Promise<void>;
  /** Ends every connection, and stops listening. */
  close(): Promise<void>;
}
