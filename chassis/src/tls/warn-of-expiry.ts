import type { Logger } from "#telemetry/logger.ts";
import type { CertificateRole, CertificateValidities } from "./certificate-validity.ts";

/**
 * With which part of its time left a certificate should long have been renewed. cert-manager does
 * it with a third, or with what `renewBefore` says: the CA of `k8s/components/mtls` with a tenth.
 * The alerts there are set to the same.
 */
const PART_LEFT_MIN = { own: 1 / 4, ca: 1 / 20 } satisfies Record<CertificateRole, number>;

/** Warns of certificates that ended, or that end soon and were not renewed. */
export function warnOfExpiry(validities: CertificateValidities, logger: Logger): void {
  for (const [role, { notBefore, notAfter }] of validities) {
    const leftMs = notAfter.getTime() - Date.now();
    const wholeMs = notAfter.getTime() - notBefore.getTime();
    if (leftMs >= wholeMs * PART_LEFT_MIN[role]) continue;
    const message = leftMs <= 0 ? "a certificate has ended" : "a certificate ends soon";
    logger.warn({ role, notBefore, notAfter }, `${message}: see why it is not renewed`);
  }
}
