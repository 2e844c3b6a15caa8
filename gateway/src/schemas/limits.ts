// The limits of the public API. Lengths are in Unicode code points.

/** The form of a handle. */
export const HANDLE_PATTERN = "^[a-z0-9_]{3,30}$";
/** The longest e-mail address that can exist: RFC 5321, 4.5.3.1.3. */
export const EMAIL_LENGTH_MAX = 254;
/** The form of an e-mail address. Only a message to it shows whether it exists. */
export const EMAIL_PATTERN = "^[^\\s@]+@[^\\s@]+$";
/** The shortest password of a new account. */
export const PASSWORD_LENGTH_MIN = 12;
/** The longest password. */
export const PASSWORD_LENGTH_MAX = 128;
/** The longest login: a handle or an e-mail address. */
export const LOGIN_LENGTH_MAX = EMAIL_LENGTH_MAX;
/** The longest refresh token that is read. The tokens of users are shorter. */
export const REFRESH_TOKEN_LENGTH_MAX = 1_024;
/** The longest display name of a user. */
export const DISPLAY_NAME_LENGTH_MAX = 80;
/** The longest text of a user about themselves. */
export const BIO_LENGTH_MAX = 500;
/** The longest search for users: no handle or display name is longer. */
export const USER_QUERY_LENGTH_MAX = 80;

/** The longest title of an image. */
export const TITLE_LENGTH_MAX = 200;
/** The longest description of an image. */
export const DESCRIPTION_LENGTH_MAX = 5_000;
/** How many tags an image has at most. */
export const TAG_COUNT_MAX = 20;
/** The longest tag. */
export const TAG_LENGTH_MAX = 50;
/** The largest file of an upload: 25 MiB. */
export const UPLOAD_BYTES_MAX = 25 * 1024 * 1024;

/** The longest body of a comment. */
export const COMMENT_LENGTH_MAX = 2_000;

/** How many items a page has at most; a larger `pageSize` is cut. */
export const PAGE_SIZE_MAX = 100;
/** How many items a page has if `pageSize` is not given. */
export const PAGE_SIZE_DEFAULT = 20;
/** The longest page token that is read. The tokens of the services are shorter. */
export const PAGE_TOKEN_LENGTH_MAX = 2_048;
