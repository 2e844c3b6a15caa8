import { AnswerParser } from "./answer-parser.ts";

const ANSWERS: Readonly<Record<string, readonly [bytes: string, status: number, body: string]>> = {
  "a length": ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"],
  "a length in small letters": ["HTTP/1.1 201 Created\r\ncontent-length:2\r\n\r\n{}", 201, "{}"],
  "an empty body": ["HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nx: y\r\n\r\n", 404, ""],
  "no content": ["HTTP/1.1 204 No Content\r\nx: y\r\n\r\n", 204, ""],
  "not modified, with a length": [
    "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n",
    304,
    "",
  ],
  chunks: [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
    200,
    "abc0123456789",
  ],
  "chunks and a trailer": [
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx: y\r\nz: 0\r\n\r\n",
    200,
    "a",
  ],
  "an informational answer first": [
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx",
    200,
    "x",
  ],
  "a body of several bytes a letter": ["HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nüß", 200, "üß"],
};

function parse(pieces: readonly Buffer[], keepBody = true): [number, string][] {
  const answers: [number, string][] = [];
  const parser = new AnswerParser((status, body) => answers.push([status, body]));
  parser.keepBody = keepBody;
  const socketBuffer = Buffer.alloc(4096); // reused, as a socket's is
  for (const piece of pieces) {
    piece.copy(socketBuffer);
    parser.push(socketBuffer.subarray(0, piece.length));
  }
  return answers;
}

describe.each(Object.entries(ANSWERS))("an answer with %s", (_, [text, status, body]) => {
  const bytes = Buffer.from(text);

  test("in one piece", () => {
    expect(parse([bytes])).toEqual([[status, body]]);
  });

  test("byte by byte", () => {
    expect(parse(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual([[status, body]]);
  });

  test("ends where the next one begins", () => {
    expect(parse([Buffer.concat([bytes, bytes])])).toEqual([
      [status, body],
      [status, body],
    ]);
  });

  test("whose body is not wanted", () => {
    expect(parse([bytes], false)).toEqual([[status, ""]]);
  });
});

test.each([
  "SSH-2.0-OpenSSH\r\n\r\n",
  "HTTP/1.1 200 OK\r\n\r\n",
  "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n",
])("refuses %j", (text) => {
  expect(() => parse([Buffer.from(text)])).toThrow();
});

test("counts all bytes", () => {
  const parser = new AnswerParser(() => {});
  const text = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
  parser.push(Buffer.from(text));
  expect(parser.bytes).toBe(text.length);
});
