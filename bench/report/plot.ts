/** The values of one arm, in the order of the marks of the horizontal axis. */
export interface Series {
  readonly name: string;
  /** NaN where nothing was measured. */
  readonly values: readonly number[];
}

/** A plot of lines over marks that are equally far apart. */
export interface Plot {
  readonly title: string;
  readonly horizontal: string;
  readonly marks: readonly string[];
  readonly series: readonly Series[];
}

const WIDTH = 640;
const HEIGHT = 360;
const LEFT = 64;
const RIGHT = 150;
const TOP = 44;
const BOTTOM = 48;
const LINES = 4;
const LABEL_DISTANCE_MIN = 15;
/** Distinguishable without red and green (Okabe and Ito). */
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#000000"];

/** Draws a plot as SVG: a line for each series from zero, with its name at its end. */
export function drawPlot(plot: Plot): string {
  const top = roundUp(
    Math.max(0, ...plot.series.flatMap(({ values }) => values.filter(Number.isFinite))),
  );
  const place = placer(plot.marks.length, top);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text({ x: LEFT, y: 24 }, plot.title, 'font-size="15" font-weight="bold"'),
    ...grid(plot, top, place),
    ...plot.series.map(({ values }, index) => line(values, colourOf(index), place)),
    ...labels(plot.series, place),
    "</svg>",
  ].join("\n")}\n`;
}

interface Point {
  readonly x: number;
  readonly y: number;
}
type Place = (index: number, value: number) => Point;

function placer(marks: number, top: number): Place {
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, marks - 1);
  return (index, value) => ({
    x: LEFT + index * step,
    y: HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM),
  });
}

function grid({ marks, horizontal }: Plot, top: number, place: Place): string[] {
  const values = Array.from({ length: LINES + 1 }, (_, index) => (top / LINES) * index);
  const right = WIDTH - RIGHT;
  return [
    ...values.flatMap((value) => {
      const { y } = place(0, value);
      return [
        `<line x1="${LEFT}" x2="${right}" y1="${short(y)}" y2="${short(y)}" stroke="#ddd"/>`,
        text({ x: LEFT - 8, y: y + 4 }, value.toLocaleString("en-US"), 'text-anchor="end"'),
      ];
    }),
    ...marks.map((mark, index) =>
      text({ x: place(index, 0).x, y: HEIGHT - BOTTOM + 18 }, mark, 'text-anchor="middle"'),
    ),
    text({ x: (LEFT + right) / 2, y: HEIGHT - 10 }, horizontal, 'text-anchor="middle" fill="#555"'),
  ];
}

function line(values: readonly number[], colour: string, place: Place): string {
  const points = values.flatMap((value, index) =>
    Number.isFinite(value) ? [place(index, value)] : [],
  );
  const path = points.map(({ x, y }) => `${short(x)},${short(y)}`).join(" ");
  const dots = points.map(
    ({ x, y }) => `<circle cx="${short(x)}" cy="${short(y)}" r="3" fill="${colour}"/>`,
  );
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join("")}`;
}

/** Writes the names at the ends of their lines, moved apart where they would cover one another. */
function labels(series: readonly Series[], place: Place): string[] {
  const ends = series.flatMap(({ name, values }, index) => {
    const last = values.findLastIndex(Number.isFinite);
    return last < 0 ? [] : [{ name, colour: colourOf(index), end: place(last, values[last] ?? 0) }];
  });
  let above = Number.NEGATIVE_INFINITY;
  return ends
    .sort((one, other) => one.end.y - other.end.y)
    .map(({ name, colour, end }) => {
      above = Math.max(end.y + 4, above + LABEL_DISTANCE_MIN);
      return text({ x: end.x + 8, y: above }, name, `fill="${colour}"`);
    });
}

function text({ x, y }: Point, content: string, attributes: string): string {
  const safe = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${short(x)}" y="${short(y)}" ${attributes}>${safe}</text>`;
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? "#000000";
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Returns the next value above with one digit that the lines of the grid divide well. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-3)));
  return ([1, 2, 4, 8, 10].find((factor) => factor * power >= value) ?? 10) * power;
}
