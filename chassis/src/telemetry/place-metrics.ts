import { Counter, Gauge, type Registry } from "prom-client";

/** The state of places that clients share: those in use, and the clients that wait for one. */
interface PlaceReading {
  readonly inUse: number;
  readonly queued: number;
}

/** Counts what found no place. */
export interface PlaceCounter {
  /** `over-share`: the client itself was the reason. `overloaded`: all clients together were. */
  countRefused(cause: "over-share" | "overloaded"): void;
}

/** Adds places of a kind, such as `uploads`. They have no label of a client. */
export type WatchPlaces = (kind: string, places: PlaceReading) => PlaceCounter;

/** Metrics of places that are shared fairly, which are read at each scrape. */
export function placeMetrics(registry: Registry): WatchPlaces {
  const watched = new Map<string, PlaceReading>();
  const registers = [registry];
  const gauge = (name: string, help: string, read: (places: PlaceReading) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ["kind"] as const,
      registers,
      collect() {
        for (const [kind, places] of watched) this.set({ kind }, read(places));
      },
    });
  gauge("places_in_use", "Places that are in use, by kind.", ({ inUse }) => inUse);
  gauge("places_queued", "Clients' requests that wait for a place.", ({ queued }) => queued);
  const refused = new Counter({
    name: "places_refused_total",
    help: "What found no place: over the share of its client, or because all are taken.",
    labelNames: ["kind", "cause"] as const,
    registers,
  });

  return (kind, places) => {
    watched.set(kind, places);
    return { countRefused: (cause) => refused.inc({ kind, cause }) };
  };
}
