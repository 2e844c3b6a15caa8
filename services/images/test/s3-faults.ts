/** A fault of a request. */
export type StoreFault =
  | { readonly kind: "refuse"; readonly status: number; readonly code: string }
  /** Reads no body, and never answers. */
  | { readonly kind: "hang" }
  /** Ends the connection after this many bytes of the body, in either direction. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** Sends this many bytes of an object, and then no more. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** Sends the whole object, whatever range was requested. */
  | { readonly kind: "whole" }
  /** Answers a completion with 200, and then with an error. */
  | { readonly kind: "late"; readonly code: string }
  /** Completes, and ends the connection without an answer. */
  | { readonly kind: "mute" };

/**
 * Returns the fault of a request. `target` is an object's key, or "" for a listing. A request of an
 * upload in parts has its parameter after the key: `key?uploads` begins an upload,
 * `key?partNumber=2` sends a part, `key?uploadId` ends it; `?uploads` lists.
 */
export type FindStoreFault = (method: string, target: string) => StoreFault | undefined;
