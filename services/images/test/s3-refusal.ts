import type { ServerResponse } from "node:http";

/** Refuses a request as S3 does, with what must not reach a log. */
export function refuse(response: ServerResponse, status: number, code: string): void {
  const headers = { "content-type": "application/xml", "x-amz-request-id": "R1" };
  response.writeHead(status, headers).end(errorBody(code));
}

/** What S3 says of an error, also behind a 200 that it has sent already. */
export function errorBody(code: string): string {
  return `<Error><Code>${code}</Code><Message>${code}</Message><AWSAccessKeyId>TESTKEYID</AWSAccessKeyId></Error>`;
}
