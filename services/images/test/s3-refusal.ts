import type { ServerResponse } from "node:http";

/** Refuses a request as S3 does, with members that must not reach a log. */
export function refuse(response: ServerResponse, status: number, code: string): void {
  const headers = { "content-type": "application/xml", "x-amz-request-id": "R1" };
  response.writeHead(status, headers).end(errorBody(code));
}

/** The body of an error of S3, which may follow a 200. */
export function errorBody(code: string): string {
  return `<Error><Code>${code}</Code><Message>${code}</Message><AWSAccessKeyId>TESTKEYID</AWSAccessKeyId></Error>`;
}
