const BEARER = /^bearer ([\w~+/.-]+=*)$/i;

/** Reads the token out of an `authorization` header; undefined if it is not `Bearer <token>`. */
export function parseBearer(authorization: string): string | undefined {
  return BEARER.exec(authorization)?.[1];
}

/** Writes the `authorization` header of a token (RFC 6750). */
export function formatBearer(token: string): string {
  return `Bearer ${token}`;
}
