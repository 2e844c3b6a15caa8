import { between, type Canvas, disc, glow, ground, hsl, ridge, sky } from "./svg.ts";

const RIDGES_MAX = 7;
const STARS_MAX = 500;
const GLINTS = 120;

/** Draws ridges behind one another in haze. */
export function drawMountains(canvas: Canvas): string {
  const { width, height, random } = canvas;
  const hue = between(random, 190, 290);
  const warmth = between(random, 10, 50);
  const sun = [between(random, 0.1, 0.9) * width, between(random, 0.15, 0.4) * height] as const;
  const ridges = 3 + random.below(RIDGES_MAX - 2);
  const layers = Array.from({ length: ridges }, (_, index) => {
    const nearness = (index + 1) / ridges;
    const level = height * (0.35 + 0.6 * nearness);
    const line = ridge(random, level, height * between(random, 0.03, 0.09));
    return ground(canvas, line, hsl(hue, 22 + 14 * nearness, 74 - 62 * nearness));
  });
  const colours = [hsl(hue, 45, 62), hsl(hue + 60, 40, 78), hsl(warmth, 85, 82)];
  return sky(canvas, colours) + glow(sun, height * 0.035, hsl(warmth, 100, 92)) + layers.join("");
}

/** Draws a low sun over water, with its glints, and often a sail. */
export function drawSea(canvas: Canvas): string {
  const { width, height, random } = canvas;
  const hue = between(random, 0, 45);
  const horizon = height * between(random, 0.42, 0.6);
  const sunAt = [between(random, 0.25, 0.75) * width, horizon - height * 0.06] as const;
  const water = `<rect y="${horizon.toFixed(1)}" width="${width}" height="${height}" fill="${hsl(205 + hue, 45, 30)}" fill-opacity="0.88"/>`;
  const glints = Array.from({ length: GLINTS }, () => {
    const depth = random.next() ** 1.5;
    const across = width * (0.02 + 0.1 * depth) * between(random, 0.3, 1);
    const x = sunAt[0] + (random.next() - 0.5) * width * (0.06 + 0.4 * depth) - across / 2;
    const y = horizon + 3 + depth * (height - horizon);
    const size = `width="${across.toFixed(1)}" height="${(1 + depth * height * 0.006).toFixed(1)}"`;
    return `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${size} fill="${hsl(hue + 10, 95, 78)}" fill-opacity="0.5"/>`;
  });
  const sail = random.next() < 0.6 ? sailAt(canvas, horizon) : "";
  const colours = [
    hsl(230, 45, 38),
    hsl(hue + 330, 50, 60),
    hsl(hue, 95, 68),
    hsl(hue + 15, 95, 80),
  ];
  const sun = glow(sunAt, height * 0.05, hsl(hue + 15, 100, 88));
  return sky(canvas, colours) + sun + water + glints.join("") + sail;
}

function sailAt({ width, height, random }: Canvas, horizon: number): string {
  const x = between(random, 0.1, 0.9) * width;
  const size = Math.min(width, height) * between(random, 0.05, 0.12);
  const hull = `${x - size / 2},${horizon} ${x + size / 2},${horizon} ${x + size / 3},${horizon + size / 6} ${x - size / 3},${horizon + size / 6}`;
  const cloth = `${x},${horizon - size} ${x},${horizon - 2} ${x + size * 0.45},${horizon - 2}`;
  return `<polygon points="${hull}" fill="#1c1a22"/><polygon points="${cloth}" fill="#f3e9dc"/>`;
}

/** Draws stars, a band of them, and pines below. */
export function drawStars(canvas: Canvas): string {
  const { width, height, random } = canvas;
  const hue = between(random, 205, 265);
  const tilt = between(random, -0.6, 0.6);
  const stars = Array.from({ length: 150 + random.below(STARS_MAX - 150) }, () => {
    const x = random.next() * width;
    const isInBand = random.next() < 0.5;
    const band = height * (0.4 + tilt * (x / width - 0.5)) + (random.next() - 0.5) * height * 0.25;
    const y = isInBand ? band : random.next() * height;
    const radius = (height / 900) * (0.5 + random.next() ** 4 * 3);
    return disc([x, y], radius, {
      fill: hsl(between(random, 20, 240), 40, 93),
      opacity: between(random, 0.4, 1),
    });
  });
  const pines = Array.from({ length: 14 + random.below(20) }, () => {
    const x = random.next() * width;
    const tall = height * between(random, 0.1, 0.3);
    const half = tall * 0.2;
    return `<polygon points="${x - half},${height} ${x},${height - tall} ${x + half},${height}" fill="#05070c"/>`;
  });
  const colours = [hsl(hue, 60, 7), hsl(hue, 55, 16), hsl(hue - 30, 40, 32)];
  const hill = ground(canvas, ridge(random, height * 0.93, height * 0.02), "#05070c");
  return sky(canvas, colours) + stars.join("") + hill + pines.join("");
}
