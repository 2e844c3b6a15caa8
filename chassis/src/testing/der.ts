/** Encodes values in DER (ITU-T X.690), as far as a certificate needs. */
export const der = {
  sequence: (...parts: Buffer[]) => tagged(0x30, Buffer.concat(parts)),
  set: (...parts: Buffer[]) => tagged(0x31, Buffer.concat(parts)),
  /** A non-negative whole number. */
  integer: (bytes: Buffer) => {
    const isNegative = (bytes[0] ?? 0) >= 0x80;
    return tagged(0x02, isNegative ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
  },
  true: () => tagged(0x01, Buffer.of(0xff)),
  octets: (content: Buffer) => tagged(0x04, content),
  /** Whole bytes. */
  bits: (content: Buffer) => tagged(0x03, Buffer.concat([Buffer.of(0), content])),
  text: (content: string) => tagged(0x0c, Buffer.from(content)),
  /** A time until 2049, to the second. */
  time: (at: Date) => {
    const digits = at.toISOString().replaceAll(/[-:T]/g, "").slice(2, 14);
    return tagged(0x17, Buffer.from(`${digits}Z`));
  },
  /** A context-specific type; `constructed` if it holds other values. */
  context: (number: number, content: Buffer, kind: "primitive" | "constructed" = "primitive") =>
    tagged((kind === "primitive" ? 0x80 : 0xa0) | number, content),
  /** `2.5.29.17` */
  objectId: (dotted: string) => {
    const [first = 0, second = 0, ...others] = dotted.split(".").map(Number);
    return tagged(0x06, Buffer.from([first * 40 + second, ...others.flatMap(base128)]));
  },
} as const;

function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag), lengthOf(content), content]);
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.of(length);
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
