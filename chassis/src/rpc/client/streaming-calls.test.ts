import { setTimeout as delay } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { cancelled } from "#contract/cancellation.ts";
import { Failure } from "#contract/failure.ts";
import { ANONYMOUS } from "#identity/caller.ts";
import { onEveryTransport } from "#testing/echo-transports.ts";
import { contextFor } from "#testing/test-context.ts";

/** Longer than a message is waited for. */
const SLOW_READER_MS = 3_500;

onEveryTransport((serve) => {
  test("streams to the caller", async () => {
    const { client } = await serve();
    const values = [];
    for await (const { value } of client.count({ value: 200 }, contextFor())) values.push(value);
    expect(values).toHaveLength(200);
  });

  test("ends the handler's stream when the caller leaves the loop", async () => {
    const ended = Promise.withResolvers<void>();
    const { client } = await serve({
      async *count() {
        try {
          for (let value = 1; ; value++) yield { value };
        } finally {
          ended.resolve();
        }
      },
    });
    for await (const { value } of client.count({ value: 1 }, contextFor())) {
      if (value === 3) break;
    }
    await ended.promise;
  });

  test("fails with DEADLINE_EXCEEDED if the first message takes too long, before the deadline", async () => {
    const hangs = Promise.withResolvers<void>();
    const { client } = await serve({
      async *count() {
        await hangs.promise;
        yield { value: 1 };
      },
    });
    const read = async () => {
      for await (const _ of client.count(
        { value: 1 },
        contextFor(ANONYMOUS, { timeoutMs: 25_000 }),
      ));
    };
    await expect(read()).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    hangs.resolve();
  });

  test("fails with DEADLINE_EXCEEDED if the next message takes too long, but lets its reader be slow", async () => {
    const hangs = Promise.withResolvers<void>();
    const { client } = await serve({
      async *count() {
        yield { value: 1 };
        yield { value: 2 };
        await hangs.promise;
      },
    });
    const values: number[] = [];
    const read = async () => {
      for await (const { value } of client.count(
        { value: 1 },
        contextFor(ANONYMOUS, { timeoutMs: 25_000 }),
      )) {
        values.push(value);
        if (value === 1) await delay(SLOW_READER_MS);
      }
    };
    await expect(read()).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(values).toEqual([1, 2]);
    hangs.resolve();
  }, 20_000);

  test("fails in the middle of a stream with the handler's reason", async () => {
    const { client } = await serve({
      async *count() {
        yield { value: 1 };
        throw new Failure("ECHO_NOT_FOUND", "gone");
      },
    });
    const read = async () => {
      for await (const _ of client.count({ value: 1 }, contextFor()));
    };
    await expect(read()).rejects.toMatchObject({ reason: "ECHO_NOT_FOUND" });
  });

  test("streams from the caller", async () => {
    const { client } = await serve();
    async function* chunks() {
      for (let count = 0; count < 100; count++) yield { value: new Uint8Array(65_536) };
    }
    await expect(client.collect(chunks(), contextFor())).resolves.toMatchObject({
      value: 6_553_600,
    });
  });

  test("stops reading from the caller when the handler has answered", async () => {
    const { client } = await serve({
      collect: async (chunks) => {
        for await (const _ of chunks) throw new Failure("ECHO_NOT_FOUND", "enough");
        return { value: 0 };
      },
    });
    const stopped = Promise.withResolvers<void>();
    async function* endless() {
      try {
        while (true) yield { value: new Uint8Array(65_536) };
      } finally {
        stopped.resolve();
      }
    }
    await expect(client.collect(endless(), contextFor())).rejects.toMatchObject({
      reason: "ECHO_NOT_FOUND",
    });
    await stopped.promise;
  });

  test("fails with the error of the source if reading what is to be sent fails", async () => {
    const started = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    const { client } = await serve({
      collect: async (chunks, { signal }) => {
        signal.addEventListener("abort", () => told.resolve());
        for await (const _ of chunks) started.resolve();
        return await new Promise(() => {});
      },
    });
    async function* broken() {
      yield { value: new Uint8Array(1) };
      await started.promise;
      throw new Error("hang-up");
    }
    await expect(client.collect(broken(), contextFor())).rejects.toThrow("hang-up");
    await told.promise;
  });

  test("fails with CANCELLED if the source does, and that does not open the breaker", async () => {
    const { client } = await serve();
    async function* givesUp() {
      yield { value: new Uint8Array(1) };
      throw cancelled();
    }
    for (let times = 0; times < 8; times++) {
      await expect(client.collect(givesUp(), contextFor())).rejects.toMatchObject({
        reason: "CANCELLED",
      });
    }
  });
});
