import { EventEmitter } from "node:events";
import type { FastifyRequest } from "fastify";
import { limitBodyTime } from "./body-time.ts";
import { RequestState } from "./request-state.ts";

const { jest } = import.meta;

const WITH_BODY = { "content-length": "20" };

describe("the time for a body", () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** Begins a request. Returns its ends, and the codes of the errors that were answered. */
  function begin(headers: Record<string, string>, config: object = {}) {
    const socket = {};
    const raw = Object.assign(new EventEmitter(), { socket });
    const state = new RequestState({ routeOptions: { config } } as FastifyRequest);
    const answered: unknown[] = [];
    limitBodyTime({ raw, headers, state } as unknown as FastifyRequest, {
      answer: (error) => answered.push(error.code),
    });
    return { raw, state, answered };
  }

  test("ends after 30 s", () => {
    const { answered } = begin(WITH_BODY);
    jest.advanceTimersByTime(29_999);
    expect(answered).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(answered).toEqual(["ERR_HTTP_REQUEST_TIMEOUT"]);
  });

  test.each([
    ["when the body is there", ({ raw }: ReturnType<typeof begin>) => raw.emit("end")],
    [
      "when the request is answered without it",
      ({ state }: ReturnType<typeof begin>) => state.close(),
    ],
  ])("does not run on %s", (_when, end) => {
    const request = begin(WITH_BODY);
    end(request);
    jest.advanceTimersByTime(60_000);
    expect(request.answered).toEqual([]);
  });

  test("does not run for a request without a body, nor for a stream, which has its own", () => {
    const requests = [
      begin({}),
      begin({ "content-length": "0" }),
      begin(WITH_BODY, { calls: { policy: { stream: {} } } }),
    ];
    jest.advanceTimersByTime(60_000);
    expect(requests.flatMap(({ answered }) => answered)).toEqual([]);
  });
});
