import type { Random } from "#world/random.ts";

/** The surface that a scene is drawn on, in pixels, and where its chances come from. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly random: Random;
}

/** Returns a number between two. */
export function between(random: Random, low: number, high: number): number {
  return low + random.next() * (high - low);
}

/** Returns a colour of CSS. The hue is in degrees, the others in percent. */
export function hsl(hue: number, saturation: number, lightness: number): string {
  return `hsl(${Math.round((hue + 360) % 360)},${Math.round(saturation)}%,${Math.round(lightness)}%)`;
}

/** Returns a vertical gradient that fills the canvas. */
export function sky({ width, height }: Canvas, colours: readonly string[]): string {
  const stops = colours.map(
    (colour, index) => `<stop offset="${index / (colours.length - 1)}" stop-color="${colour}"/>`,
  );
  const gradient = `<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">${stops.join("")}</linearGradient>`;
  return `<defs>${gradient}</defs><rect width="${width}" height="${height}" fill="url(#sky)"/>`;
}

/** Returns a disc. */
export function disc(
  [x, y]: readonly [number, number],
  radius: number,
  { fill, opacity = 1 }: { readonly fill: string; readonly opacity?: number },
): string {
  const place = `cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius.toFixed(1)}"`;
  return `<circle ${place} fill="${fill}" fill-opacity="${opacity.toFixed(2)}"/>`;
}

/** Returns a light with a halo. */
export function glow(at: readonly [number, number], radius: number, fill: string): string {
  const halo = [4, 3, 2.2, 1.6, 1.25].map((times) =>
    disc(at, radius * times, { fill, opacity: 0.08 }),
  );
  return halo.join("") + disc(at, radius, { fill });
}

/** Returns a shape from a line across the canvas down to its lower edge. */
export function ground({ width, height }: Canvas, line: readonly number[], fill: string): string {
  const step = width / (line.length - 1);
  const points = line.map((y, index) => `${(index * step).toFixed(1)},${y.toFixed(1)}`);
  return `<polygon points="0,${height} ${points.join(" ")} ${width},${height}" fill="${fill}"/>`;
}

/** Returns a rough line across the canvas: a sum of waves, the finer the lower. */
export function ridge(random: Random, level: number, roughness: number): readonly number[] {
  const waves = Array.from({ length: 6 }, (_, index) => ({
    frequency: 2 ** index * between(random, 0.7, 1.3),
    phase: between(random, 0, 2 * Math.PI),
    size: roughness / 1.7 ** index,
  }));
  return Array.from({ length: 97 }, (_, index) => {
    const place = (index / 96) * Math.PI;
    return waves.reduce(
      (y, { frequency, phase, size }) => y - size * Math.sin(frequency * place + phase),
      level,
    );
  });
}
