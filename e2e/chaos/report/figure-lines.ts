import type { Figures } from "#chaos/run/figures.ts";

/** Formats the figures, one in a line. None if no service was lost. */
export function figureLines(figures: Figures | undefined): readonly string[] {
  if (figures === undefined) return [];
  const calm = figures.withoutP99CalmMs;
  const ratio = (figures.withoutP99FaultMs / Math.max(1, calm)).toFixed(2);
  return [
    `Routes that do not need the lost service: ${figures.withoutWorse} of ${figures.withoutAnswers} answers lost; their p99 is ${ratio} × calm (${ms(calm)} → ${ms(figures.withoutP99FaultMs)}), and ${ms(figures.withoutP99ReturnMs)} while it comes back, on the same machine.`,
    `Decorated routes, after the first second: ${figures.decoratedAnswered} of ${figures.decoratedAnswers} answered.`,
    `Refusals once the breaker is open: p99 ${ms(figures.refusalP99Ms)}, of ${figures.refusals}.`,
    `Whole again at most ${ms(figures.recoveryMs)} after the service's return.`,
  ];
}

/** Formats a time for people. */
export function ms(milliseconds: number): string {
  return milliseconds < 1_000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1_000).toFixed(1)} s`;
}
