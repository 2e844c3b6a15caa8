/**
 * The fixed parts of a problem: its status, its title, and the detail if no better one is known.
 */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

/** The problems of the API, by their stable codes. */
export const PROBLEM_KINDS = {
  BAD_REQUEST: kind(400, "The request is not valid HTTP", "Send the request as RFC 9112 says."),
  INVALID_ARGUMENT: kind(400, "A field is wrong", "See errors for every field that is wrong."),
  MALFORMED_JSON: kind(400, "The body is not JSON", "Send JSON in UTF-8."),
  MALFORMED_MULTIPART: kind(400, "The body is not multipart/form-data", "Send a complete form."),
  MALFORMED_URL: kind(400, "The URL is not valid", "Percent-encode the URL's parts, in UTF-8."),
  UNAUTHENTICATED: kind(401, "Signing in is needed", "Send a good access token."),
  BAD_CREDENTIALS: kind(401, "Wrong login or password", "No account has this login and password."),
  SESSION_REVOKED: kind(401, "The session has ended", "Sign in again."),
  COMMENTS_CLOSED: kind(403, "Comments are closed", "The image's owner has closed the comments."),
  EDIT_WINDOW_OVER: kind(403, "Too late to edit", "A comment can be edited for 15 minutes."),
  NOT_COMMENT_AUTHOR: kind(403, "The comment is another user's", "Only its author may do this."),
  NOT_IMAGE_OWNER: kind(403, "The image is another user's", "Only its owner may do this."),
  ORIGINAL_FORBIDDEN: kind(403, "The original is the owner's", "Ask for another variant."),
  BYTES_MISSING: kind(404, "The bytes are lost", "They may come back from a backup."),
  COMMENT_NOT_FOUND: kind(404, "There is no such comment", "It may have been deleted."),
  IMAGE_NOT_FOUND: kind(404, "There is no such image", "It may have been deleted, or be private."),
  PARENT_NOT_FOUND: kind(404, "There is no such comment to reply to", "It may have been deleted."),
  ROUTE_NOT_FOUND: kind(404, "There is no such route", "See /docs for what there is."),
  SESSION_NOT_FOUND: kind(404, "There is no such session", "It may have ended."),
  USER_NOT_FOUND: kind(404, "There is no such user", "The account may have been deleted."),
  VARIANT_NOT_FOUND: kind(404, "There is no such variant", "See the image's variants."),
  METHOD_NOT_ALLOWED: kind(405, "The route has no such method", "See the Allow header."),
  NOT_ACCEPTABLE: kind(406, "No answer in an accepted form", "Accept what the route answers with."),
  REQUEST_TIMEOUT: kind(408, "The request came too slowly", "Send it again."),
  EMAIL_TAKEN: kind(409, "The e-mail address is taken", "Sign in, or use another address."),
  HANDLE_TAKEN: kind(409, "The handle is taken", "Choose another handle."),
  ETAG_MISMATCH: kind(412, "The resource was changed", "Read it again, and then change it."),
  TOO_LARGE: kind(413, "The body is too large", "A JSON body may have 64 KiB."),
  URI_TOO_LONG: kind(414, "The URL is too long", "Send a shorter URL."),
  NOT_AN_IMAGE: kind(415, "Not an image", "Send a JPEG, PNG, WebP, AVIF or GIF."),
  UNSUPPORTED_MEDIA_TYPE: kind(415, "The body's media type is not taken", "See /docs for it."),
  RANGE_NOT_SATISFIABLE: kind(416, "The range is outside of the content", "See Content-Range."),
  AVATAR_NOT_USABLE: kind(422, "Not usable as an avatar", "It must be a ready image of one's own."),
  TOO_DEEP: kind(422, "The thread is too deep", "Reply to a comment further up."),
  TOO_MANY_PIXELS: kind(
    422,
    "The picture has too many pixels",
    "Send at most 100 megapixels, and at most 32,768 pixels on a side.",
  ),
  RATE_LIMITED: kind(429, "Too many requests", "Wait, and then go on more slowly."),
  TOO_MANY_CONNECTIONS: kind(429, "Too many connections of one address", "Close some of them."),
  TOO_MANY_DOWNLOADS: kind(429, "Too many downloads of yours at once", "Let some of them end."),
  TOO_MANY_UPLOADS: kind(429, "Too many uploads of yours at once", "Let some of them end."),
  HEADERS_TOO_LARGE: kind(431, "The headers are too large", "Send smaller headers."),
  INTERNAL: kind(500, "Something went wrong here", "It is our fault and has been logged."),
  DOWNLOADS_OVERLOADED: kind(503, "Too many downloads at once", "Try again in a moment."),
  HASHING_OVERLOADED: kind(503, "Too many sign-ins at once", "Try again in a moment."),
  OVERLOADED: kind(503, "Too much to do at once", "Try again in a moment."),
  READ_ONLY: kind(503, "Nothing can be changed now", "Reading goes on. Try again in a moment."),
  SERVICE_UNAVAILABLE: kind(503, "A part is not available", "Try again in a moment."),
  UPLOADS_OVERLOADED: kind(503, "Too many uploads at once", "Try again in a moment."),
  STORAGE_FULL: kind(507, "There is no room for more images", "Reading goes on. Try again later."),
} as const satisfies Record<string, ProblemKind>;

/** The code of a problem. */
export type ProblemCode = keyof typeof PROBLEM_KINDS;

function kind(status: number, title: string, detail: string): ProblemKind {
  return { status, title, detail };
}

/** Returns the `type` of a problem: a name and not an address, since no document stands there. */
export function problemType(code: ProblemCode): string {
  return `urn:triptych:problem:${code.toLowerCase().replaceAll("_", "-")}`;
}
