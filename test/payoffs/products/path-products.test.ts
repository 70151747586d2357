import { describe, expect, test } from "vitest";
import { products } from "../../../src/index.js";
import { evaluate } from "../../../src/payoffs/evaluate.js";
import type { Payoff } from "../../../src/payoffs/payoff.js";
import { randomUniforms } from "../../../src/random/seeds.js";

const observations = [0.25, 0.5, 0.75, 1];
const steps = observations.length;

/** Prices that wander around 100, and sometimes stand exactly on a level. */
const paths = (() => {
  const random = randomUniforms("path products");
  return Array.from({ length: 400 }, () => {
    let price = 100;
    return Array.from({ length: steps }, () => {
      price *= Math.exp(0.3 * (random() - 0.5));
      return random() < 0.1 ? [80, 90, 100, 110, 120][Math.floor(5 * random())]! : price;
    });
  });
})();

const payoffOf = (name: string, terms: object): Payoff =>
  products[name]!.payoff({ observations, ...terms } as never, 1);

/** What a payoff pays on a path, by date. */
function payments({ amount, earlier = [], dates }: Payoff, path: readonly number[]): readonly number[] {
  if (typeof amount === "function") throw new Error("expressions only");
  const paid = dates.map(() => 0);
  for (const payment of earlier) paid[payment.date]! += evaluate(payment.amount, path);
  paid[dates.length - 1]! += evaluate(amount, path);
  return paid;
}

const last = (path: readonly number[]) => path.at(-1)!;
const atEnd = (value: number) => [0, 0, 0, value];
const hit = (path: readonly number[], up: boolean, level: number) =>
  path.findIndex((price) => (up ? price >= level : price <= level));

/** Each product in plain code, written from its definition. */
const cases: readonly (readonly [string, object, (path: readonly number[]) => readonly number[]])[] = [
  [
    "barrier-digital",
    { right: "call", strike: 100, cash: 3, barrier: 120, barrier_type: "up-and-out" },
    (path) => atEnd(hit(path, true, 120) < 0 && last(path) > 100 ? 3 : 0),
  ],
  [
    "barrier-digital",
    { right: "put", strike: 100, cash: 3, barrier: 80, barrier_type: "down-and-in" },
    (path) => atEnd(hit(path, false, 80) >= 0 && last(path) < 100 ? 3 : 0),
  ],
  [
    "touch",
    { barrier: 110, barrier_type: "up", cash: 5, pays: "at-expiry" },
    (path) => atEnd(hit(path, true, 110) >= 0 ? 5 : 0),
  ],
  [
    "touch",
    { barrier: 90, barrier_type: "down", cash: 5, pays: "at-hit" },
    (path) => path.map((_, i) => (i === hit(path, false, 90) ? 5 : 0)),
  ],
  [
    "no-touch",
    { barrier: 90, barrier_type: "down", cash: 5 },
    (path) => atEnd(hit(path, false, 90) < 0 ? 5 : 0),
  ],
  [
    "double-barrier",
    { right: "call", strike: 95, lower: 80, upper: 120, barrier_type: "knock-out", rebate: 2 },
    (path) => atEnd(path.every((price) => price > 80 && price < 120) ? Math.max(last(path) - 95, 0) : 2),
  ],
  [
    "double-barrier",
    { right: "put", strike: 105, lower: 90, upper: 110, barrier_type: "knock-in", rebate: 0 },
    (path) => atEnd(path.every((price) => price > 90 && price < 110) ? 0 : Math.max(105 - last(path), 0)),
  ],
  [
    "double-no-touch",
    { lower: 90, upper: 120, cash: 4 },
    (path) => atEnd(path.every((price) => price > 90 && price < 120) ? 4 : 0),
  ],
  [
    "lookback",
    { right: "call", strike: 0, strike_type: "floating", running_extreme: 0 },
    (path) => atEnd(last(path) - Math.min(...path)),
  ],
  [
    "lookback",
    { right: "put", strike: 0, strike_type: "floating", running_extreme: 115 },
    (path) => atEnd(Math.max(115, ...path) - last(path)),
  ],
  [
    "lookback",
    { right: "call", strike: 105, strike_type: "fixed", running_extreme: 0 },
    (path) => atEnd(Math.max(Math.max(...path) - 105, 0)),
  ],
  [
    "lookback",
    { right: "put", strike: 98, strike_type: "fixed", running_extreme: 105 },
    (path) => atEnd(Math.max(98 - Math.min(105, ...path), 0)),
  ],
  [
    "asian-digital",
    { right: "put", strike: 100, cash: 6, average: "arithmetic" },
    (path) => atEnd(path.reduce((sum, price) => sum + price, 0) / steps < 100 ? 6 : 0),
  ],
  [
    "asian",
    { right: "put", strike: 0, average: "arithmetic", strike_type: "floating" },
    (path) => atEnd(Math.max(path.reduce((sum, price) => sum + price, 0) / steps - last(path), 0)),
  ],
  [
    "autocall",
    { notional: 1000, coupon: 0.03, reference: 100, autocall_barrier: 110, protection_barrier: 80 },
    (path) => {
      const paid = [0, 0, 0, 0];
      const i = hit(path, true, 110);
      if (i >= 0) paid[i] = 1000 * (1 + 0.03 * (i + 1));
      else paid[3] = last(path) >= 80 ? 1000 : (1000 * last(path)) / 100;
      return paid;
    },
  ],
  ...(["no", "yes"] as const).map(
    (memory) =>
      [
        "phoenix",
        {
          ...{ notional: 1000, coupon: 0.02, reference: 100, autocall_barrier: 120, coupon_barrier: 90 },
          ...{ protection_barrier: 80, memory },
        },
        (path: readonly number[]) => {
          const paid = [0, 0, 0, 0];
          let missed = 0;
          for (const [i, price] of path.entries()) {
            if (price >= 90) {
              paid[i]! += 20 * (memory === "yes" ? 1 + missed : 1);
              missed = 0;
            } else missed++;
            if (i < 3 && price >= 120) {
              paid[i]! += 1000;
              return paid;
            }
          }
          paid[3]! += last(path) >= 80 ? 1000 : (1000 * last(path)) / 100;
          return paid;
        },
      ] as const,
  ),
  [
    "cliquet",
    {
      ...{ notional: 100, reference: 98, local_floor: -0.03, local_cap: 0.05 },
      ...{ global_floor: 0.01, global_cap: 0.12 },
    },
    (path) => {
      const returns = path.map((price, i) => price / (path[i - 1] ?? 98) - 1);
      const sum = returns.reduce((total, own) => total + Math.min(Math.max(own, -0.03), 0.05), 0);
      return atEnd(100 * Math.min(Math.max(sum, 0.01), 0.12));
    },
  ],
  [
    "variance-swap",
    { notional: 50, reference: 98, strike: 0.25 },
    (path) => {
      const squares = path.map((price, i) => Math.log(price / (path[i - 1] ?? 98)) ** 2);
      return atEnd(50 * (squares.reduce((sum, own) => sum + own, 0) / 1 - 0.0625));
    },
  ],
];

describe("products that look at prices on the way", () => {
  test.each(cases)(
    "%s pays what its definition says on every path, on the right dates: %o",
    (name, terms, plain) => {
      const payoff = payoffOf(name, terms);
      expect(payoff.dates).toEqual(observations);
      const seen = new Set<string>();
      for (const path of paths) {
        const expected = plain(path);
        const paid = payments(payoff, path);
        for (const [i, value] of expected.entries()) expect(paid[i]!).toBeCloseTo(value, 9);
        seen.add(expected.map((value) => (value === 0 ? "0" : "paid")).join());
      }
      expect(seen.size).toBeGreaterThan(name === "variance-swap" || name === "cliquet" ? 0 : 1);
    },
  );

  test.each([
    [
      "double-barrier",
      { right: "call", strike: 1, lower: 5, upper: 5, barrier_type: "knock-out", rebate: 0 },
      "upper must be > lower 5, got 5",
    ],
    [
      "lookback",
      { right: "call", strike: 0, strike_type: "fixed", running_extreme: 0 },
      "strike must be given with a fixed strike, got none",
    ],
    [
      "asian",
      { right: "call", strike: 0, strike_type: "fixed", average: "arithmetic" },
      "strike must be given with a fixed strike, got none",
    ],
    [
      "cliquet",
      { notional: 1, reference: 1, local_floor: 0.1, local_cap: 0.1, global_floor: 0, global_cap: 1 },
      "local_cap must be > local_floor 0.1, got 0.1",
    ],
  ])("%s refuses terms that contradict each other: %o", (name, terms, message) => {
    expect(() => payoffOf(name, terms)).toThrow(message);
  });
});
