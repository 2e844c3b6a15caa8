import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { HOST } from "./loopback-ports.ts";

const HEADER_BYTES = 12;
/** The end of a question, after its name: two bytes of type, two of class. */
const QUESTION_TAIL_BYTES = 4;
const TYPE_A = 1;
const CLASS_INTERNET = 1;
/** A response, with recursion desired and available. */
const FLAGS = 0x8180;
const NO_SUCH_NAME = 3;
/** A pointer to the name in the question, which begins after the header. */
const NAME_POINTER = 0xc000 | HEADER_BYTES;
const ADDRESS_BYTES = 4;

/**
 * A DNS server of the tests over UDP (RFC 1035). It knows the IPv4 addresses of a few names, with a
 * time to live of 0: nobody may cache them.
 */
export class DnsServer {
  readonly #socket: Socket = createSocket("udp4");
  readonly #addresses = new Map<string, readonly string[]>();

  /** Listens on a free port of 127.0.0.1. */
  async start(): Promise<void> {
    this.#socket.on("message", (query, { address, port }) => {
      this.#socket.send(this.#answer(query), port, address);
    });
    this.#socket.bind(0, HOST);
    await once(this.#socket, "listening");
  }

  /** Its address, in the form that `node:dns` takes. */
  get address(): string {
    return `${HOST}:${this.#socket.address().port}`;
  }

  /** Sets the addresses of a name from now on. */
  set(name: string, addresses: readonly string[]): void {
    this.#addresses.set(name, addresses);
  }

  /** Stops answering. */
  close(): void {
    this.#socket.close();
  }

  #answer(query: Buffer): Buffer {
    const { name, end } = readName(query, HEADER_BYTES);
    const known = this.#addresses.get(name);
    const isAddress = query.readUInt16BE(end) === TYPE_A;
    const records = isAddress ? (known ?? []).map(addressRecord) : [];
    const header = Buffer.alloc(HEADER_BYTES);
    query.copy(header, 0, 0, 2); // the id of the query
    header.writeUInt16BE(FLAGS | (known === undefined ? NO_SUCH_NAME : 0), 2);
    header.writeUInt16BE(1, 4); // one question, repeated from the query
    header.writeUInt16BE(records.length, 6);
    const question = query.subarray(HEADER_BYTES, end + QUESTION_TAIL_BYTES);
    return Buffer.concat([header, question, ...records]);
  }
}

/** Reads labels, each after its length, until the empty one. */
function readName(query: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("ascii", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 1 };
}

function addressRecord(address: string): Buffer {
  const record = Buffer.alloc(12); // the time to live stays 0
  record.writeUInt16BE(NAME_POINTER, 0);
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(CLASS_INTERNET, 4);
  record.writeUInt16BE(ADDRESS_BYTES, 10);
  return Buffer.concat([record, Buffer.from(address.split(".").map(Number))]);
}
