import type { Logger } from "#telemetry/logger.ts";
import type { CertificateRole, CertificateValidities } from "./certificate-validity.ts";

/**
 * The part of its lifetime before which a certificate should have been renewed. cert-manager renews
 * at a third, or at `renewBefore`: a tenth for the CA of `k8s/components/mtls`. The alerts there
 * use the same parts.
 */
const PART_LEFT_MIN = { own: 1 / 4, ca: 1 / 20 } satisfies Record<CertificateRole, number>;

/** Logs a warning for certificates that have expired, or expire soon and were not renewed. */
export function warnOfExpiry(validities: CertificateValidities, logger: Logger): void {
  for (const [role, { notBefore, notAfter }] of validities) {
    const leftMs = notAfter.getTime() - Date.now();
    const wholeMs = notAfter.getTime() - notBefore.getTime();
    if (leftMs >= wholeMs * PART_LEFT_MIN[role]) continue;
    const message = leftMs <= 0 ? "a certificate has expired" : "a certificate expires soon";
    logger.warn({ role, notBefore, notAfter }, `${message}: find out why it is not renewed`);
  }
}
