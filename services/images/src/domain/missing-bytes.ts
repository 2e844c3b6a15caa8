/**
 * Called each time that somebody wants the bytes of an image which the store has lost, or some of
 * them. The cause names their hash.
 */
export type ObserveMissingBytes = (imageId: string, cause: unknown) => void;
