import { roomAround, scale, type Tick, ticks } from "../report/ticks.js";
import type { Point } from "./desk-views.js";
import { svg } from "./dom.js";
import type { PayoffGraph } from "./payoff-graph.js";

const HEIGHT = 240;
const EDGE = { top: 26, right: 14, bottom: 40, left: 72 };

interface Axis {
  readonly place: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/** Estimates with their 95 % intervals against the number of paths, which doubles from mark to mark. */
export function convergenceChart(points: readonly Point[], unit: string, width: number): SVGSVGElement {
  const logs = points.map(({ paths }) => Math.log2(paths));
  const first = Math.floor(Math.min(...logs));
  const last = Math.max(Math.ceil(Math.max(...logs)), first + 2);
  const step = Math.ceil((last - first) / Math.max(2, Math.floor(width / 60)));
  const exponents = Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
  const x: Axis = {
    place: (log) => scale(log, [first - 0.3, last + 0.3], [EDGE.left, width - EDGE.right]),
    ticks: exponents.map((value) => ({ value, label: pathsLabel(2 ** value) })),
  };
  const y = verticalAxis(points.flatMap(({ low, high }) => [low, high]));
  const marks = points.map(({ paths, value, low, high }) => {
    const at = x.place(Math.log2(paths));
    const [top, bottom] = [y.place(high), y.place(low)];
    const title = svg("title", {}, `${paths.toLocaleString("en")} paths: ${number(value)} ${unit}`);
    const cap = (height: number) => svg("line", { x1: at - 4, x2: at + 4, y1: height, y2: height });
    return svg(
      "g",
      { class: "mark" },
      title,
      svg("line", { x1: at, x2: at, y1: top, y2: bottom }),
      cap(top),
      cap(bottom),
      svg("circle", { cx: at, cy: y.place(value), r: 3.5 }),
    );
  });
  return frame(x, y, marks, {
    width,
    labels: { x: "paths", y: unit },
    title: `Estimates in ${unit} with 95 % intervals against the number of paths`,
  });
}

/** What a trade pays against the price at expiry. */
export function payoffChart({ points, spot }: PayoffGraph, currency: string, width: number): SVGSVGElement {
  const prices = points.map(([price]) => price);
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const x: Axis = {
    place: (price) => scale(price, [low, high], [EDGE.left, width - EDGE.right]),
    ticks: ticks(low, high, Math.max(3, Math.floor(width / 90))),
  };
  const y = verticalAxis([...points.map(([, amount]) => amount), 0]);
  const line = points.map(([price, amount]) => `${x.place(price).toFixed(1)},${y.place(amount).toFixed(1)}`);
  const at = x.place(spot);
  return frame(
    x,
    y,
    [
      svg("line", { class: "axis", x1: EDGE.left, x2: width - EDGE.right, y1: y.place(0), y2: y.place(0) }),
      svg("line", { class: "spot", x1: at, x2: at, y1: EDGE.top, y2: HEIGHT - EDGE.bottom }),
      svg("text", { class: "soft", x: at + 4, y: EDGE.top + 10 }, "spot"),
      svg("polyline", { class: "curve", points: line.join(" ") }),
    ],
    {
      width,
      labels: { x: `S(T), ${currency}`, y: `paid per unit, ${currency}` },
      title: `Amount paid in ${currency} against the price at expiry`,
    },
  );
}

function frame(
  x: Axis,
  y: Axis,
  marks: readonly SVGElement[],
  {
    width,
    labels,
    title,
  }: {
    readonly width: number;
    readonly labels: { readonly x: string; readonly y: string };
    readonly title: string;
  },
): SVGSVGElement {
  const bottom = HEIGHT - EDGE.bottom;
  const right = width - EDGE.right;
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": title },
    ...y.ticks.flatMap(({ value, label }) => [
      svg("line", { class: "grid", x1: EDGE.left, x2: right, y1: y.place(value), y2: y.place(value) }),
      svg("text", { x: EDGE.left - 8, y: y.place(value) + 4, "text-anchor": "end" }, label),
    ]),
    ...x.ticks.map(({ value, label }) =>
      svg("text", { x: x.place(value), y: bottom + 18, "text-anchor": "middle" }, label),
    ),
    svg("line", { class: "axis", x1: EDGE.left, x2: right, y1: bottom, y2: bottom }),
    svg("text", { class: "soft", x: 0, y: 12 }, labels.y),
    svg("text", { class: "soft", x: right, y: HEIGHT - 6, "text-anchor": "end" }, labels.x),
    ...marks,
  );
}

function verticalAxis(values: readonly number[]): Axis {
  const finite = values.filter(Number.isFinite);
  const range = roomAround(Math.min(...finite), Math.max(...finite));
  return {
    place: (value) => scale(value, range, [HEIGHT - EDGE.bottom, EDGE.top]),
    ticks: ticks(...range, 4),
  };
}

function pathsLabel(paths: number): string {
  if (paths >= 2 ** 20) return `${paths / 2 ** 20}M`;
  return paths >= 1024 ? `${paths / 1024}k` : String(paths);
}

function number(value: number): string {
  return String(Number(value.toPrecision(6)));
}
