import type { Spread } from "#measure/statistics.ts";

const NOTHING = "–";

/** Writes a number with about three digits, thousands apart: `12,345`, `0.12`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return NOTHING;
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Writes a ratio: `0.82 ×`. */
export function formatRatio(ratio: number): string {
  return Number.isFinite(ratio) ? `${ratio.toFixed(2)} ×` : NOTHING;
}

/** Writes a ratio with its least and largest, if it was measured more than once. */
export function formatRatioSpread({ median, min, max }: Spread): string {
  if (min === max || !Number.isFinite(median)) return formatRatio(median);
  return `${formatRatio(median)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}

/** Writes microseconds as milliseconds. */
export function formatMs(micros: number): string {
  return formatNumber(micros / 1_000);
}

/** Writes a share of one: `7 %`. */
export function formatPercent(share: number): string {
  return Number.isFinite(share) ? `${Math.round(share * 100)} %` : NOTHING;
}
