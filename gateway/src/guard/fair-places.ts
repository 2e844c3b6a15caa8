import {
  clientShareOf,
  FairSemaphore,
  type FairSemaphoreLimits,
} from "@triptych/chassis/concurrency/fair-semaphore";
import { cancelled } from "@triptych/chassis/contract/cancellation";
import type { Metrics } from "@triptych/chassis/telemetry/metrics";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ProblemCode } from "#problems/codes.ts";
import { Problem } from "#problems/problem.ts";
import { contextOf } from "./calls.ts";
import { addressOf, clientKeyOf } from "./client-key.ts";

/** The settings of the places. */
export interface PlaceConfiguration {
  readonly uploadsMax: number;
  readonly downloadsMax: number;
}

/** A hook that gives a request a place until it is answered or its client has left. */
export type HoldPlace = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/**
 * Hooks for what takes long or costs much, after the request was admitted and its body checked. No
 * client has more than its share of the places, so that others find one.
 */
export interface FairPlaces {
  /** An upload. Throws TOO_MANY_UPLOADS, UPLOADS_OVERLOADED. */
  readonly forUpload: readonly HoldPlace[];
  /** A download. Throws TOO_MANY_DOWNLOADS, DOWNLOADS_OVERLOADED. */
  readonly forDownload: HoldPlace;
  /** A request for which users hashes a password. Throws HASHING_OVERLOADED. */
  readonly forHashing: HoldPlace;
}

/** Each upload may take an hour: an address is never given all places of images (256). */
const UPLOAD_ADDRESS_SHARE = 0.5;
/** A client has as many for previews, which are small, as for larger pictures. */
const DOWNLOAD_CLASSES = 2;
/**
 * As many as a browser asks of one host at once, and some. Downloads that are read as fast as they
 * come take all of the processor, whosoever they are: others wait for each of them.
 */
const DOWNLOADS_OF_CLIENT_MAX = 8;
const PREVIEWS: ReadonlySet<unknown> = new Set(["thumb", "small"]);
/** A waiting download costs a connection and no bytes. */
const QUEUED_DOWNLOADS_MAX = 512;
/** Proxies usually give up a request after 60 s without an answer. */
const DOWNLOAD_WAIT_MS_MAX = 55_000;
/**
 * Users hashes two passwords at once, and first come, first served: what waits there is no longer
 * fair. 8 of one address are enough for four replicas of users, and delay others by 180 ms.
 */
const HASHING_MAX = 32;
/** Users queues as many. The last of 256 waits 5.8 s. */
const QUEUED_HASHING_MAX = 256;
/** The contract gives these calls 10 s. What is left is for users. */
const HASHING_WAIT_MS_MAX = 8_500;

/** A kind of place. */
interface PlaceKind {
  /** Its name in the metrics. */
  readonly kind: string;
  readonly limits: FairSemaphoreLimits;
  readonly waitMsMax: number;
  readonly keyOf: (request: FastifyRequest) => string;
  /** The problem of a client that has its share, and of all if there is no place left. */
  readonly refusals: Readonly<Record<"over-share" | "overloaded", ProblemCode>>;
}

/** Creates the places of a gateway, with their metrics. */
export function createFairPlaces(
  { uploadsMax, downloadsMax }: PlaceConfiguration,
  metrics: Metrics,
): FairPlaces {
  const create = (kind: PlaceKind) => createHold(kind, metrics);
  const uploads = {
    waitMsMax: 0, // a waiting upload would hold its client's connection
    refusals: { "over-share": "TOO_MANY_UPLOADS", overloaded: "UPLOADS_OVERLOADED" },
  } as const;
  const uploadsOfAddressMax = Math.ceil(uploadsMax * UPLOAD_ADDRESS_SHARE);
  return {
    // By account first: an account that has its share takes nothing from its address.
    forUpload: [
      create({
        ...uploads,
        kind: "uploads",
        limits: limitsOf(uploadsMax, clientShareOf(uploadsMax)),
        keyOf: clientKeyOf,
      }),
      create({
        ...uploads,
        kind: "uploads-by-address",
        limits: limitsOf(uploadsMax, uploadsOfAddressMax),
        keyOf: addressOf,
      }),
    ],
    forDownload: create({
      kind: "downloads",
      limits: limitsOf(
        downloadsMax,
        Math.min(
          DOWNLOADS_OF_CLIENT_MAX,
          clientShareOf(Math.ceil(downloadsMax / DOWNLOAD_CLASSES)),
        ),
        QUEUED_DOWNLOADS_MAX,
      ),
      waitMsMax: DOWNLOAD_WAIT_MS_MAX,
      keyOf: (request) => `${clientKeyOf(request)} ${downloadClassOf(request)}`,
      refusals: { "over-share": "TOO_MANY_DOWNLOADS", overloaded: "DOWNLOADS_OVERLOADED" },
    }),
    forHashing: create({
      kind: "hashing",
      limits: limitsOf(HASHING_MAX, clientShareOf(HASHING_MAX), QUEUED_HASHING_MAX),
      waitMsMax: HASHING_WAIT_MS_MAX,
      keyOf: addressOf, // whoever signs in or up is not known yet, whatever token comes along
      refusals: { "over-share": "HASHING_OVERLOADED", overloaded: "HASHING_OVERLOADED" },
    }),
  };
}

function limitsOf(permits: number, permitsPerKey: number, queueMax = 0): FairSemaphoreLimits {
  return { permits, permitsPerKey, queueMax };
}

/** A page of thumbs must not wait behind the same client's originals. */
function downloadClassOf({ query }: FastifyRequest): string {
  return PREVIEWS.has((query as { readonly variant?: unknown }).variant) ? "previews" : "pictures";
}

function createHold({ kind, limits, waitMsMax, keyOf, refusals }: PlaceKind, metrics: Metrics) {
  const semaphore = new FairSemaphore(limits);
  const places = metrics.watchPlaces(kind, semaphore);
  return async function holdPlace(request: FastifyRequest, { raw }: FastifyReply): Promise<void> {
    const key = keyOf(request);
    const { signal } = contextOf(request);
    const outcome = await semaphore.acquire({ key, signal, waitMsMax });
    if (outcome !== "permitted") {
      places.countRefused(outcome);
      throw new Problem(refusals[outcome]);
    }
    // The client may have left in the moment in which its turn came.
    if (raw.closed) {
      semaphore.release(key);
      throw cancelled();
    }
    request.state.onClose(() => semaphore.release(key));
  };
}
