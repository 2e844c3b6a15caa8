/** The limits of the public API, as api.md promises them. Lengths are in Unicode code points. */

export const HANDLE_PATTERN = "^[a-z0-9_]{3,30}$";
export const EMAIL_LENGTH_MAX = 254; // RFC 5321, 4.5.3.1.3
export const EMAIL_PATTERN = "^[^\\s@]+@[^\\s@]+$"; // whether it exists only a letter can tell
export const PASSWORD_LENGTH_MIN = 12;
export const PASSWORD_LENGTH_MAX = 128;
export const LOGIN_LENGTH_MAX = EMAIL_LENGTH_MAX;
export const REFRESH_TOKEN_LENGTH_MAX = 1_024;
export const DISPLAY_NAME_LENGTH_MAX = 80;
export const BIO_LENGTH_MAX = 500;
export const USER_QUERY_LENGTH_MAX = 80;

export const TITLE_LENGTH_MAX = 200;
export const DESCRIPTION_LENGTH_MAX = 5_000;
export const TAG_COUNT_MAX = 20;
export const TAG_LENGTH_MAX = 50;
export const UPLOAD_BYTES_MAX = 25 * 1024 * 1024;

export const COMMENT_LENGTH_MAX = 2_000;

export const PAGE_SIZE_MAX = 100;
export const PAGE_SIZE_DEFAULT = 20;
export const PAGE_TOKEN_LENGTH_MAX = 2_048;
