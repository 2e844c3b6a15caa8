import { between, type Canvas, disc, glow, ground, hsl, ridge, sky } from "./svg.ts";

const FLOOR_MIN_PX = 6;
const LEAVES = 160;

/** Draws houses at the blue hour, some of their windows lit. */
export function drawCity(canvas: Canvas): string {
  const { width, height, random } = canvas;
  const hue = between(random, 205, 250);
  const houses: string[] = [];
  for (let row = 0; row < 3; row++) {
    for (let x = -width * 0.02; x < width; ) {
      const across = width * between(random, 0.06, 0.15);
      const tall = height * between(random, 0.25, 0.75) * (1 - row * 0.2);
      const fill = hsl(hue, 30, 30 - row * 9);
      houses.push(
        `<rect x="${x.toFixed(1)}" y="${(height - tall).toFixed(1)}" width="${across.toFixed(1)}" height="${tall.toFixed(1)}" fill="${fill}"/>`,
        windowsOf({ ...canvas, width: across, height: tall }, [x, height - tall]),
      );
      x += across * between(random, 0.9, 1.25);
    }
  }
  const moon = glow([width * random.next(), height * 0.14], height * 0.025, "#fdf6e0");
  const colours = [hsl(hue, 65, 14), hsl(hue + 15, 55, 36), hsl(25, 70, 62)];
  return sky(canvas, colours) + moon + houses.join("");
}

function windowsOf({ width, height, random }: Canvas, [left, top]: readonly [number, number]) {
  const columns = 2 + random.below(4);
  const pane = width / (columns * 2 + 1);
  const floor = Math.max(FLOOR_MIN_PX, pane * 2.4);
  const panes: string[] = [];
  for (let y = top + floor / 2; y < top + height - floor / 2; y += floor) {
    for (let column = 0; column < columns; column++) {
      if (random.next() < 0.55) continue;
      const x = left + pane * (1 + column * 2);
      const fill = hsl(between(random, 32, 52), 90, between(random, 55, 80));
      panes.push(
        `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${pane.toFixed(1)}" height="${(floor * 0.55).toFixed(1)}" fill="${fill}"/>`,
      );
    }
  }
  return panes.join("");
}

/** Draws flowers, blurred ones far away and sharp ones near. */
export function drawMeadow(canvas: Canvas): string {
  const { width, height, random } = canvas;
  const green = between(random, 75, 130);
  const hues = [between(random, 330, 380), between(random, 40, 60), between(random, 210, 280)];
  const far = Array.from({ length: 60 }, () => {
    const at = [random.next() * width, height * between(random, 0.3, 0.7)] as const;
    const fill = hsl(hues[random.below(hues.length)] ?? 0, 70, 65);
    return disc(at, height * between(random, 0.01, 0.05), { fill, opacity: 0.25 });
  });
  const grass = Array.from({ length: LEAVES }, () => {
    const x = random.next() * width;
    const tall = height * between(random, 0.1, 0.45);
    const lean = (random.next() - 0.5) * tall * 0.6;
    const colour = hsl(green + between(random, -15, 15), 45, between(random, 18, 45));
    return `<path d="M${x} ${height} q0 ${-tall / 2} ${lean} ${-tall}" stroke="${colour}" stroke-width="${(height / 180).toFixed(1)}" fill="none"/>`;
  });
  const flowers = Array.from({ length: 8 + random.below(22) }, () =>
    flowerAt(canvas, hues[random.below(hues.length)] ?? 0),
  );
  const colours = [hsl(green + 90, 55, 82), hsl(green, 45, 68), hsl(green, 45, 32)];
  const field = ground(canvas, ridge(random, height * 0.62, height * 0.02), hsl(green, 42, 34));
  return [sky(canvas, colours), field, ...far, ...grass, ...flowers].join("");
}

function flowerAt({ width, height, random }: Canvas, hue: number): string {
  const [x, y] = [random.next() * width, height * between(random, 0.55, 0.95)];
  const size = height * between(random, 0.018, 0.05);
  const petals = 5 + random.below(4);
  const turn = random.next() * 2 * Math.PI;
  const around = Array.from({ length: petals }, (_, index) => {
    const angle = turn + (index / petals) * 2 * Math.PI;
    const at = [x + Math.cos(angle) * size, y + Math.sin(angle) * size] as const;
    return disc(at, size * 0.62, { fill: hsl(hue, 80, between(random, 58, 68)) });
  });
  return around.join("") + disc([x, y], size * 0.6, { fill: hsl(45, 90, 55) });
}

/** Draws fruit on a table, in light from the left. */
export function drawFruit(canvas: Canvas): string {
  const { width, height, random } = canvas;
  const wall = between(random, 0, 360);
  const edge = height * between(random, 0.5, 0.62);
  const fruit = Array.from({ length: 2 + random.below(5) }, () => {
    const radius = Math.min(width, height) * between(random, 0.08, 0.16);
    const [x, y] = [
      width * between(random, 0.15, 0.85),
      edge + radius * between(random, -0.3, 0.9),
    ];
    return { radius, x, y, hue: between(random, -5, 110) };
  }).sort((one, other) => one.y - other.y);
  const table = `<rect y="${edge.toFixed(1)}" width="${width}" height="${height}" fill="${hsl(28, 38, 34)}"/>`;
  const shapes = fruit.map(({ radius, x, y, hue }) => {
    const shadow = `<ellipse cx="${x + radius * 0.7}" cy="${y + radius * 0.85}" rx="${radius * 1.3}" ry="${radius * 0.28}" fill="#000" fill-opacity="0.35"/>`;
    const shades = [1, 0.86, 0.7, 0.52, 0.33].map((part, index) => {
      const offset = (1 - part) * radius * 0.5;
      return disc([x - offset, y - offset], radius * part, { fill: hsl(hue, 78, 38 + index * 6) });
    });
    const shine = disc([x - radius * 0.42, y - radius * 0.45], radius * 0.12, {
      fill: "#fff",
      opacity: 0.75,
    });
    return shadow + shades.join("") + shine;
  });
  return sky(canvas, [hsl(wall, 18, 22), hsl(wall, 22, 46)]) + table + shapes.join("");
}
