import { create, type DescMethod, type Message } from "@bufbuild/protobuf";
import type { Invalidation } from "#contract/invalidation.ts";
import type { Joining } from "#contract/joining.ts";
import { type MethodPlan, planOf } from "#contract/method-plan.ts";
import type { FailurePolicySwitch } from "#contract/method-policy.ts";
import { judge } from "#contract/verdict.ts";
import { formatBearer } from "#identity/bearer.ts";
import {
  batchShapeOf,
  type FoundByKey,
  type JoinedShape,
  joinedShapeOf,
} from "#rpc/cache/batch-shape.ts";
import { type CallOptions, ResponseCache } from "#rpc/cache/response-cache.ts";
import type { CallContext } from "#rpc/call-context.ts";
import type { BatchSpan } from "#rpc/trace/trace.ts";
import type { OutgoingCall, Sent, Told, Transport } from "#rpc/transport.ts";
import { Call, type CallSite } from "./call.ts";
import { CallExplanation } from "./call-explanation.ts";
import { Gate, type GateOptions } from "./gate.ts";
import { JoinedReads } from "./joined-reads.ts";
import { awaitFirst, MessageReader, type OpenStream } from "./message-reader.ts";
import type { ExtraCallBudget } from "./second-try.ts";

/** One call of a batch method. */
interface BatchCall {
  readonly request: Message;
  readonly context: CallContext;
  readonly options: CallOptions;
}

/** What a client needs. */
export interface ClientOptions extends Omit<GateOptions, "liveness"> {
  readonly transport: Transport;
  readonly failurePolicy: FailurePolicySwitch;
}

/** The parts that all methods of a callee share. */
export interface MethodClientOptions extends ClientOptions, Pick<GateOptions, "liveness"> {
  readonly hedgeBudget: ExtraCallBudget;
  /** Invalidates cached answers of a batch method: of these keys, or of all. */
  readonly invalidate: (batch: string, keys?: readonly string[]) => void;
  /** Returns the joined reads of a batch method. */
  readonly joinedReads: (batch: string) => JoinedReads;
}

/**
 * The client of one method of one callee. It combines plan, response cache, joined reads and calls.
 */
export class MethodClient {
  readonly #plan: MethodPlan;
  readonly #gate: Gate;
  readonly #options: MethodClientOptions;
  readonly #shape: JoinedShape | undefined;
  readonly #cache: ResponseCache | undefined;
  #reads: JoinedReads | undefined;

  constructor(method: DescMethod, options: MethodClientOptions) {
    this.#plan = planOf(method, options.failurePolicy);
    this.#gate = new Gate(this.#plan, options);
    this.#options = options;
    this.#shape = joinedShapeOf(method);
    this.#cache = this.#createCache();
  }

  /** The joined reads of a batch method. */
  get joinedReads(): JoinedReads {
    this.#reads ??= this.#createReads();
    return this.#reads;
  }

  /** Invalidates cached answers: of these keys, or of all. */
  invalidate(keys?: readonly string[]): void {
    this.#cache?.invalidate(keys);
  }

  /** Returns the function that a client has under the method's name. */
  toFunction(): unknown {
    const { method, name } = this.#plan;
    const { transport } = this.#options;
    if (method.methodKind === "unary") {
      const site = this.#siteOf<Message, Message>((request, call, told) =>
        transport.unary(method, request, call, told),
      );
      return (request: Message, context: CallContext, options?: CallOptions) =>
        this.#unary(site, create(method.input, request), { context, options });
    }
    if (method.methodKind === "client_streaming") {
      const site = this.#siteOf<AsyncIterable<Message>, Message>((requests, call, told) =>
        transport.clientStream(method, requests, call, told),
      );
      return (requests: AsyncIterable<Message>, context: CallContext) =>
        this.#start(site, requests, context);
    }
    if (method.methodKind === "server_streaming") {
      const site = this.#siteOf<Message, OpenStream>((request, call, told) =>
        awaitFirst(transport.serverStream(method, request, call), told),
      );
      return (request: Message, context: CallContext) =>
        this.#read(site, create(method.input, request), context);
    }
    throw new Error(`${name}: streams in both directions are not supported`);
  }

  async *#read(
    site: CallSite<Message, OpenStream>,
    request: Message,
    context: CallContext,
  ): AsyncIterable<Message> {
    const { stream, first } = await this.#start(site, request, context);
    using reader = new MessageReader(stream, context.signal, this.#plan.silenceMsMax);
    for (let next = first; !next.done; next = await reader.next()) yield next.value;
  }

  #unary(
    site: CallSite<Message, Message>,
    request: Message,
    { context, options = {} }: { readonly context: CallContext; readonly options?: CallOptions },
  ): Promise<Message> {
    const { joining, invalidates } = this.#plan;
    if (this.#cache !== undefined)
      return this.#cached(this.#cache, site, { request, context, options });
    if (joining !== undefined) return this.#join(joining, site, { request, context });
    const outcome = this.#start(site, request, context);
    return invalidates.length === 0 ? outcome : this.#invalidating(request, outcome);
  }

  /** Answers a batch out of the cache, and the rest by joined reads. */
  #cached(
    cache: ResponseCache,
    site: CallSite<Message, Message>,
    { request, context, options }: BatchCall,
  ): Promise<Message> {
    const explanation = this.#explanationOf(context);
    // Sent without the user's token: a cached answer must not depend on who is looking.
    const send = (wanted: Message) =>
      new Call(site, wanted, { context, authorization: undefined, explanation }).start();
    if (explanation === undefined) {
      const read = (keys: readonly string[]) => this.joinedReads.read(keys, context);
      return cache.answer(request, options, { read, send });
    }
    // A call that is traced goes alone: its trace shows it, and nobody else's.
    const read = (keys: readonly string[]) => this.#readBatch(keys, send);
    const onKnown = (batch: BatchSpan) => explanation.known(batch);
    const answer = cache.answer(request, { ...options, onKnown }, { read, send });
    return answer.finally(() => explanation.end());
  }

  /**
   * Reads by a batch, together with others. What the batch leaves out is read alone, with the
   * caller's own token: a key that does not exist, or that not everybody may read.
   */
  async #join(
    { batch, forUsers, keyOf }: Joining,
    site: CallSite<Message, Message>,
    { request, context }: Omit<BatchCall, "options">,
  ): Promise<Message> {
    const key = keyOf(request);
    const isOwn = context.caller.kind === "user" && !forUsers;
    if (key === undefined || isOwn || context.trace !== undefined) {
      return this.#start(site, request, context);
    }
    try {
      const found = await this.#options.joinedReads(batch).read([key], context);
      const message = found.get(key);
      if (message !== undefined) return message;
    } catch (thrown) {
      // A batch that is refused for one of its keys, or not known to an older callee, says nothing
      // about the other keys. One that is lost with its replica must not take all its readers with
      // it: each has a call, and a second try, of its own.
      const { health, isUnavailable, isLost } = judge(thrown);
      if (!isLost && (health !== "good" || isUnavailable)) throw thrown;
    }
    return this.#start(site, request, context);
  }

  async #readBatch(
    keys: readonly string[],
    send: (request: Message) => Promise<Message>,
  ): Promise<FoundByKey> {
    if (this.#shape === undefined) throw new Error(`${this.#plan.name} is no batch`);
    return this.#shape.foundIn(await send(this.#shape.requestFor(keys)), keys);
  }

  #createReads(): JoinedReads {
    const { method, policy, timeoutMs } = this.#plan;
    const { metrics, transport } = this.#options;
    const { labels } = this.#gate;
    const site = this.#siteOf<Message, Message>((request, call, told) =>
      transport.unary(method, request, call, told),
    );
    const reads = new JoinedReads({
      keysMax: policy.maxBatch,
      timeoutMs,
      send: (keys, context) =>
        this.#readBatch(keys, (request) =>
          new Call(site, request, {
            context,
            authorization: undefined,
            explanation: undefined,
          }).start(),
        ),
      refusal: () => this.#gate.counted(this.#gate.refusal()),
      full: () => this.#gate.counted(this.#gate.full()),
      countKeys: (count) => metrics.client.batchKeys.inc({ ...labels, source: "sent" }, count),
    });
    this.#gate.onOpen = () => reads.evict();
    return reads;
  }

  /** Invalidates what a call makes old, once it has ended. */
  async #invalidating(request: Message, outcome: Promise<Message>): Promise<Message> {
    try {
      const response = await outcome;
      this.#invalidate((one) => one.keyOf(request, response));
      return response;
    } catch (thrown) {
      // If the callee refused the call by its rules, nothing has changed.
      const { health, isUnavailable } = judge(thrown);
      const isRefused = health === "good" && !isUnavailable;
      this.#invalidate((one) => one.keyOf(request, undefined), isRefused);
      throw thrown;
    }
  }

  #invalidate(keyOf: (invalidation: Invalidation) => string | undefined, isRefused = false): void {
    for (const invalidation of this.#plan.invalidates) {
      const key = keyOf(invalidation);
      if (key !== undefined) this.#options.invalidate(invalidation.batch, [key]);
      else if (!isRefused) this.#options.invalidate(invalidation.batch);
    }
  }

  #start<Request, Answer>(
    site: CallSite<Request, Answer>,
    request: Request,
    context: CallContext,
  ): Promise<Answer> {
    const { caller } = context;
    const authorization = caller.kind === "user" ? formatBearer(caller.token) : undefined;
    const explanation = this.#explanationOf(context);
    const outcome = new Call(site, request, { context, authorization, explanation }).start();
    return explanation === undefined ? outcome : outcome.finally(() => explanation.end());
  }

  #siteOf<Request, Answer>(
    send: (request: Request, call: OutgoingCall, told: Told<Answer>) => Sent,
  ): CallSite<Request, Answer> {
    const { hedgeBudget, transport } = this.#options;
    return {
      plan: this.#plan,
      gate: this.#gate,
      budget: hedgeBudget,
      send,
      isUnresponsive: () => transport.isUnresponsive(),
    };
  }

  #explanationOf({ trace }: CallContext): CallExplanation | undefined {
    if (trace === undefined) return undefined;
    return new CallExplanation(trace, { ...this.#gate.labels, breaker: this.#gate.breakerState });
  }

  #createCache(): ResponseCache | undefined {
    const { cache, method, name } = this.#plan;
    if (cache === undefined) return undefined;
    const shape = batchShapeOf(method);
    if (shape === undefined) throw new Error(`the answers of ${name} cannot be cached by key`);
    const { batchKeys } = this.#options.metrics.client;
    return new ResponseCache(shape, cache, (source, count) =>
      batchKeys.inc({ ...this.#gate.labels, source }, count),
    );
  }
}
