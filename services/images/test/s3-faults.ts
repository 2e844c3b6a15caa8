/** What goes wrong with a request. */
export type StoreFault =
  | { readonly kind: "refuse"; readonly status: number; readonly code: string }
  /** Reads no body, and never answers. */
  | { readonly kind: "hang" }
  /** Ends the connection after so many bytes of the body, either way. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** Sends so many bytes of an object, and then no more. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** Sends all of an object, whatever part was asked for. */
  | { readonly kind: "whole" }
  /** Answers a completion with 200, and then says that it failed. */
  | { readonly kind: "late"; readonly code: string }
  /** Completes, and ends the connection without an answer. */
  | { readonly kind: "mute" };

/**
 * Says what goes wrong with a request: `PUT`, and what it is about: an object's key, or "" for a
 * listing. What is asked of an upload in parts has its parameter behind the key: `key?uploads`
 * begins one, `key?partNumber=2` sends, `key?uploadId` ends; `?uploads` lists.
 */
export type FindStoreFault = (method: string, target: string) => StoreFault | undefined;
