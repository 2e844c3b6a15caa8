import { create, type DescMethod, type Message } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import { deadlineExceeded } from "#contract/cancellation.ts";
import type { FailurePolicySwitch } from "#contract/method-policy.ts";
import { type MethodPolicy, methodName, policyOf } from "#contract/method-policy.ts";
import { RpcError, statusName } from "#contract/rpc-error.ts";
import { AnswerCache } from "#rpc/cache/answer-cache.ts";
import { batchShapeOf } from "#rpc/cache/batch-shape.ts";
import { type CallOptions, KeptBatches } from "#rpc/cache/kept-batches.ts";
import type { CallContext } from "#rpc/call-context.ts";
import type { BatchSpan } from "#rpc/trace/trace.ts";
import type { Transport } from "#rpc/transport.ts";
import type { ObserveBreaker } from "#telemetry/breaker-state.ts";
import type { Logger } from "#telemetry/logger.ts";
import type { Metrics } from "#telemetry/metrics.ts";
import { Breaker } from "./breaker.ts";
import { Bulkhead, type BulkheadLimits } from "./bulkhead.ts";
import { CallExplanation } from "./call-explanation.ts";
import { type ClientHeaders, clientHeaders } from "./client-headers.ts";
import type { ExtraCallBudget } from "./extra-call-budget.ts";
import type { HealthProbe } from "./health-probe.ts";
import { hedge, type SendOnce } from "./hedge.ts";
import { resendRefused } from "./resend-refused.ts";

/**
 * At 1,000 calls a second it is room for callees that take 250 ms, or for all that users lets wait
 * for a hash.
 */
const UNARY_IN_FLIGHT_MAX = 256;
const UNARY_QUEUED_MAX = 256;
/**
 * A call waits for its turn no longer than this part of its policy's timeout: it must still be done
 * in what is left.
 */
const WAIT_SHARE = 0.25;
/** Uploads and downloads take minutes over slow lines; a service takes 256 uploads at once. */
const STREAM_LIMITS: BulkheadLimits = { inFlightMax: 512, queuedMax: 0, waitMsMax: 0 };

/** What a client needs. */
export interface ClientOptions {
  /** The short name of the callee in metrics and messages: `users`. */
  readonly callee: string;
  readonly transport: Transport;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly failurePolicy: FailurePolicySwitch;
  /** Told of each breaker's state, besides the metrics and the log. */
  readonly observeBreaker?: ObserveBreaker;
}

/** What a method's client needs besides. */
export interface MethodClientOptions extends ClientOptions {
  /** Says whether the callee can do its work: shared by all methods. */
  readonly isServing: HealthProbe;
  readonly hedgeBudget: ExtraCallBudget;
}

/**
 * A stream may last minutes, but whoever waits for its next message has it soon, or the callee
 * hangs.
 */
const MESSAGE_MS_MAX = 3_000;

/** A stream that has begun. */
interface OpenStream {
  readonly iterator: AsyncIterator<Message>;
  readonly first: IteratorResult<Message>;
}

/** All that stands between a caller and one method of one callee. */
export class MethodClient {
  readonly #method: DescMethod;
  readonly #name: string;
  readonly #policy: MethodPolicy;
  readonly #options: MethodClientOptions;
  readonly #breaker: Breaker;
  readonly #bulkhead: Bulkhead;
  readonly #kept: KeptBatches | undefined;

  constructor(method: DescMethod, options: MethodClientOptions) {
    const { callee, metrics } = options;
    this.#method = method;
    this.#name = methodName(method);
    this.#policy = policyOf(method);
    this.#options = options;
    this.#breaker = new Breaker(callee, this.#name, {
      logger: options.logger,
      isServing: options.isServing,
      observe(breaker) {
        metrics.observeBreaker(breaker);
        options.observeBreaker?.(breaker);
      },
    });
    this.#bulkhead = new Bulkhead(`${callee} ${this.#name}`, this.#bulkheadLimits());
    metrics.client.watchBulkhead({ callee, method: this.#name }, this.#bulkhead);
    this.#kept = this.#keepsAnswers() ? this.#createKept() : undefined;
  }

  /** Lets no answer from before now pass for fresh. */
  invalidate(keys?: readonly string[]): void {
    this.#kept?.invalidate(keys);
  }

  /** Gives the function that a client has under the method's name. */
  toFunction(): unknown {
    const { methodKind } = this.#method;
    if (methodKind === "unary") {
      return (request: Message, context: CallContext, options: CallOptions = {}) =>
        this.#unary(create(this.#method.input, request), context, options);
    }
    if (methodKind === "client_streaming") {
      return (requests: AsyncIterable<Message>, context: CallContext) =>
        this.#clientStream(requests, context);
    }
    if (methodKind === "server_streaming") {
      return (request: Message, context: CallContext) =>
        this.#serverStream(create(this.#method.input, request), context);
    }
    throw new Error(`${this.#name}: streams in both directions are not supported`);
  }

  async #unary(request: Message, context: CallContext, options: CallOptions): Promise<Message> {
    const headers = this.#headers(context);
    const { explanation } = headers;
    try {
      if (this.#kept === undefined) return await this.#ask(request, headers);
      const onKnown = explanation && ((batch: BatchSpan) => explanation.known(batch));
      return await this.#kept.answer(request, { ...options, onKnown }, (wanted) =>
        // Without the user's token: an answer that is kept for others must not depend on who is
        // looking.
        this.#ask(wanted, { ...headers, authorization: undefined }),
      );
    } finally {
      explanation?.end();
    }
  }

  #ask(request: Message, headers: ClientHeaders): Promise<Message> {
    const { transport } = this.#options;
    const send = (signal: AbortSignal) =>
      transport.unary(this.#method, request, { ...headers, signal });
    return this.#guard(() => this.#send(send, headers.signal), headers);
  }

  /** Sends a call, and once more if the policy hedges and the first try is slow. */
  #send<T>(send: SendOnce<T>, signal: AbortSignal): Promise<T> {
    const { hedgeAfterMs } = this.#policy;
    if (!this.#isOn) return send(signal);
    const sendAlone = (own: AbortSignal) => resendRefused(() => send(own));
    if (hedgeAfterMs === 0) return sendAlone(signal);
    return hedge(sendAlone, {
      afterMs: hedgeAfterMs,
      budget: this.#options.hedgeBudget,
      hangs: () => this.#options.transport.hangs(),
      signal,
      onExtra: () => this.#options.metrics.client.extraCalls.inc(this.#labels),
    });
  }

  async #clientStream(requests: AsyncIterable<Message>, context: CallContext): Promise<Message> {
    const headers = this.#headers(context);
    const { transport } = this.#options;
    const messages = made(this.#method, requests);
    const send = () => transport.clientStream(this.#method, messages, headers);
    try {
      return await this.#guard(send, headers);
    } finally {
      headers.explanation?.end();
    }
  }

  async *#serverStream(request: Message, context: CallContext): AsyncIterable<Message> {
    const headers = this.#headers(context);
    const silence = new AbortController();
    const either = AbortSignal.any([headers.signal, silence.signal]);
    const { iterator, first } = await this.#soon(
      () => this.#open(request, headers, either),
      silence,
    );
    try {
      let next = first;
      while (!next.done) {
        yield next.value;
        next = await this.#soon(() => iterator.next(), silence);
      }
    } finally {
      await iterator.return?.();
    }
  }

  /**
   * Waits for a stream's first message, which decides for hedge, bulkhead and breaker: how long the
   * rest takes is up to the reader.
   */
  async #open(request: Message, headers: ClientHeaders, signal: AbortSignal): Promise<OpenStream> {
    const { transport } = this.#options;
    const open = async (own: AbortSignal) => {
      const responses = transport.serverStream(this.#method, request, { ...headers, signal: own });
      const iterator = responses[Symbol.asyncIterator]();
      return { iterator, first: await iterator.next() };
    };
    try {
      return await this.#guard(() => this.#send(open, signal), headers);
    } finally {
      headers.explanation?.end();
    }
  }

  /** Waits for something of a stream, and ends the stream if it takes too long. */
  async #soon<T>(wait: () => Promise<T>, silence: AbortController): Promise<T> {
    if (!this.#isOn) return await wait();
    const timer = setTimeout(() => silence.abort(deadlineExceeded()), MESSAGE_MS_MAX);
    try {
      return await wait();
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs one call behind bulkhead and breaker, and counts it whatever becomes of it. */
  async #guard<T>(call: () => Promise<T>, headers: ClientHeaders): Promise<T> {
    const startMs = performance.now();
    const cutShort = headers.deadline < Date.now() + this.#policy.timeoutMs * CUT_SHORT_SHARE;
    let code = status.OK;
    let isMade = false;
    const make = () => {
      isMade = true;
      return call();
    };
    try {
      if (!this.#isOn) return await make();
      return await this.#bulkhead.run(() => {
        headers.explanation?.reached(this.#breaker.state);
        return this.#breaker.run(make, () => cutShort);
      }, headers);
    } catch (thrown) {
      code = thrown instanceof RpcError ? thrown.code : status.UNKNOWN;
      headers.explanation?.failed(thrown);
      if (!isMade) {
        const reason = (thrown instanceof RpcError && thrown.reason) || "CANCELLED";
        this.#options.metrics.client.refusedCalls.inc({ ...this.#labels, reason });
      }
      throw thrown;
    } finally {
      const seconds = (performance.now() - startMs) / 1000;
      const labels = { ...this.#labels, code: statusName(code) };
      this.#options.metrics.rpcClient.observe(labels, seconds);
    }
  }

  get #isOn(): boolean {
    return this.#options.failurePolicy === "on";
  }

  get #labels() {
    return { callee: this.#options.callee, method: this.#name };
  }

  #bulkheadLimits(): BulkheadLimits {
    if (this.#method.methodKind !== "unary") return STREAM_LIMITS;
    return {
      inFlightMax: UNARY_IN_FLIGHT_MAX,
      queuedMax: UNARY_QUEUED_MAX,
      waitMsMax: this.#policy.timeoutMs * WAIT_SHARE,
    };
  }

  #headers(context: CallContext): ClientHeaders {
    const headers = clientHeaders(this.#method, context, this.#isOn);
    const { trace } = context;
    if (trace === undefined) return headers;
    const breaker = this.#isOn ? this.#breaker.state : undefined;
    return { ...headers, explanation: new CallExplanation(trace, { ...this.#labels, breaker }) };
  }

  #keepsAnswers(): boolean {
    const { freshForMs, staleIfErrorMs } = this.#policy;
    return this.#isOn && Math.max(freshForMs, staleIfErrorMs) > 0;
  }

  #createKept(): KeptBatches {
    const shape = batchShapeOf(this.#method);
    if (shape === undefined) throw new Error(`${this.#name}: keeps answers and is no batch`);
    const cache = new AnswerCache(shape, this.#policy);
    const keysMax = this.#policy.maxBatch;
    return new KeptBatches(shape, { cache, keysMax }, (source, count) =>
      this.#options.metrics.client.batchKeys.inc({ ...this.#labels, source }, count),
    );
  }
}

/**
 * A call with less than this part of its policy's timeout left, when it is made, says nothing of
 * its callee if it comes too late.
 */
const CUT_SHORT_SHARE = 0.5;

async function* made(method: DescMethod, requests: AsyncIterable<Message>): AsyncIterable<Message> {
  for await (const request of requests) yield create(method.input, request);
}
