import { BlobMissing } from "#domain/blob-store.ts";
import { WholeContent } from "./whole-content.ts";

async function* chunks(...lengths: readonly number[]): AsyncIterable<Uint8Array> {
  for (const length of lengths) yield new Uint8Array(length);
}

async function readAll(content: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of content) length += chunk.length;
  return length;
}

const onMissing = (cause: BlobMissing) => new Error("lost", { cause });

describe("a content of known length", () => {
  test("is read to its end if all bytes come", async () => {
    expect(await readAll(new WholeContent(chunks(3, 4), 7, onMissing))).toBe(7);
  });

  test("fails instead of ending if bytes are lost while it is read", async () => {
    const reading = readAll(new WholeContent(chunks(3), 7, onMissing));
    await expect(reading).rejects.toMatchObject({
      message: "lost",
      cause: expect.any(BlobMissing),
    });
  });

  test("closes its source if its reader stops before the first chunk", async () => {
    let isClosed = false;
    const source: AsyncIterableIterator<Uint8Array> = {
      next: async () => ({ done: false, value: new Uint8Array(1) }),
      async return() {
        isClosed = true;
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => source,
    };
    await new WholeContent(source, 1, onMissing).return();
    expect(isClosed).toBe(true);
  });
});
