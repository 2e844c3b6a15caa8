import type { S3Client } from "@aws-sdk/client-s3";
import { createS3Client, type S3Settings } from "./s3-client.ts";
import { toBlobStoreError } from "./s3-error.ts";

/** The SDK, and a client of it. */
export interface S3 {
  readonly sdk: typeof import("@aws-sdk/client-s3");
  readonly client: S3Client;
}

/** A bucket, and the way to it. */
export interface S3Bucket {
  readonly name: string;
  /**
   * Sends a request. What goes wrong with it is thrown as an error of the port, and once the signal
   * has fired it is the signal's reason.
   */
  ask<Answer>(
    what: readonly [operation: string, key?: string],
    signal: AbortSignal,
    send: (s3: S3) => Promise<Answer>,
  ): Promise<Answer>;
}

/** Makes the way to a bucket. Connects to nothing before it is asked. */
export function createS3Bucket(settings: S3Settings): S3Bucket {
  let opened: Promise<S3> | undefined;

  // Loading takes 33 MB and 120 ms: who keeps files goes without.
  async function open(): Promise<S3> {
    const sdk = await import("@aws-sdk/client-s3");
    return { sdk, client: createS3Client(sdk.S3Client, settings) };
  }

  return {
    name: settings.bucket,
    async ask(what, signal, send) {
      opened ??= open();
      const s3 = await opened;
      try {
        return await send(s3);
      } catch (error) {
        throw toBlobStoreError(signal.aborted ? signal.reason : error, ...what);
      }
    },
  };
}
