/** The largest message in either direction: a page of 100 comments is 240 kB, a chunk 64 KiB. */
export const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
