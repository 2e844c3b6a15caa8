import { Gauge, type Registry } from "prom-client";

/** The validity of a certificate. */
interface ValidityReading {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Reads the certificates' validities, by role, at each scrape. */
export type WatchCertificates = (read: () => ReadonlyMap<string, ValidityReading>) => void;

/** Metrics of the certificates that an app presents and trusts. Without TLS they have no series. */
export function certificateMetrics(registry: Registry): WatchCertificates {
  let watched: () => ReadonlyMap<string, ValidityReading> = () => new Map();
  const gauge = (name: string, help: string, time: (validity: ValidityReading) => Date) =>
    new Gauge({
      name,
      help,
      labelNames: ["role"] as const,
      registers: [registry],
      collect() {
        for (const [role, validity] of watched()) {
          this.set({ role }, time(validity).getTime() / 1000);
        }
      },
    });
  gauge(
    "tls_certificate_not_before_timestamp_seconds",
    "When a certificate became valid, as unix time: the process's own, or the CA's that expires first.",
    ({ notBefore }) => notBefore,
  );
  gauge(
    "tls_certificate_not_after_timestamp_seconds",
    "When a certificate expires, as unix time: the process's own, or the CA's that expires first.",
    ({ notAfter }) => notAfter,
  );
  return (read) => {
    watched = read;
  };
}
