import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { products } from "../../../src/index.js";
import { integrate } from "../../../src/numerics/tanh-sinh.js";
import { withMarket } from "../../../src/payoffs/differentiate.js";
import { evaluate } from "../../../src/payoffs/evaluate.js";
import type { Expression } from "../../../src/payoffs/expression.js";
import { market } from "../../properties/compiled.js";

/** The amount given the final price. */
function amount(product: string, terms: Readonly<Record<string, unknown>>, final: number): number {
  const { amount } = products[product]!.payoff({ observations: "continuous", ...terms } as never, 1);
  return evaluate(
    withMarket(amount as Expression, ({ name }) => market[name]),
    [final],
  );
}

/** Minima and maxima of a bridge between 100 and `final` on a fine grid, by a fixed stream of pseudorandom numbers. */
function extremes(final: number, paths: number, steps: number) {
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const root = market.deviation / Math.sqrt(steps);
  return Array.from({ length: paths }, () => {
    const walk = [0];
    for (let i = 0; i < steps; i++)
      walk.push(walk[i]! + root * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
    const drift = Math.log(final / 100) - walk[steps]!;
    const logs = walk.map((x, i) => x + (drift * i) / steps);
    return { low: 100 * Math.exp(Math.min(...logs)), high: 100 * Math.exp(Math.max(...logs)) };
  });
}

describe("products watched at every moment", () => {
  test("survive, and have extremes, as bridges on a fine grid do", () => {
    const paths = 20_000;
    for (const final of [92, 103]) {
      const bridges = extremes(final, paths, 400);
      const share = (holds: (bridge: { low: number; high: number }) => boolean) =>
        bridges.filter(holds).length / paths;
      const mean = (of: (bridge: { low: number; high: number }) => number) =>
        bridges.reduce((sum, bridge) => sum + of(bridge), 0) / paths;
      // A grid of 400 sees an extreme .5826 s/√400 too near (Broadie, Glasserman and Kou 1997).
      const shift = Math.exp((0.5826 * market.deviation) / 20);
      const near = (value: number, truth: number, bound: number) =>
        expect(Math.abs(value - truth)).toBeLessThan(bound);
      const touchUp = { barrier: 118, barrier_type: "up", cash: 1 };
      near(
        amount("no-touch", touchUp, final),
        share(({ high }) => high * shift < 118),
        0.015,
      );
      near(
        amount("no-touch", { barrier: 85, barrier_type: "down", cash: 1 }, final),
        share(({ low }) => low / shift > 85),
        0.015,
      );
      const corridor = { lower: 85, upper: 118, cash: 1 };
      near(
        amount("double-no-touch", corridor, final),
        share(({ low, high }) => low / shift > 85 && high * shift < 118),
        0.015,
      );
      const lookback = { right: "put", strike: 0, strike_type: "floating", running_extreme: 0 };
      near(amount("lookback", lookback, final), mean(({ high }) => high * shift) - final, 0.25);
      near(
        amount("lookback", { ...lookback, right: "call" }, final),
        final - mean(({ low }) => low / shift),
        0.25,
      );
    }
  });

  // P(M > m | prices) is known, and ∫ P(M > m) dm is found here by another rule to the last digits.
  test("have the extremes of bridges between several dates", () => {
    const dates = [0.25, 0.5, 1];
    const deviations = [0.06, 0.01, 0.03];
    const normal = fc.double({ min: -2.5, max: 2.5, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(normal, normal, normal), (normals) => {
        let last = market.spot;
        const prices = deviations.map((deviation, k) => {
          last *= Math.exp(deviation * normals[k]!);
          return last;
        });
        for (const [right, sign] of [
          ["put", 1],
          ["call", -1],
        ] as const) {
          const terms = { observations: "continuous", right, strike: 0, strike_type: "floating" };
          const payoff = products.lookback!.payoff({ ...terms, running_extreme: 0 } as never, 1).onGrid!(
            dates,
          );
          const found = evaluate(
            withMarket(payoff.amount as Expression, ({ name, interval }) =>
              name === "deviation" ? deviations[interval]! : market[name],
            ),
            prices,
          );
          const ends = [market.spot, ...prices];
          const extreme = sign * Math.max(...ends.map((price) => sign * price));
          const untouched = (level: number) =>
            deviations.reduce((all, deviation, k) => {
              const [a, b] = [Math.log(level / ends[k]!), Math.log(level / ends[k + 1]!)];
              return all * (1 - Math.exp((-2 * a * b) / deviation ** 2));
            }, 1);
          const end = extreme * Math.exp(sign * 0.4);
          const beyond = sign * integrate((level) => 1 - untouched(level), extreme, end);
          expect(Math.abs(sign * (extreme + sign * beyond - prices[2]!) - found)).toBeLessThan(2e-3);
        }
      }),
    );
  });

  test("a distant second level changes nothing", () => {
    fc.assert(
      fc.property(fc.double({ min: 60, max: 130, noNaN: true }), (final) => {
        const one = amount("no-touch", { barrier: 80, barrier_type: "down", cash: 1 }, final);
        expect(amount("double-no-touch", { lower: 80, upper: 2000, cash: 1 }, final)).toBeCloseTo(one, 12);
      }),
    );
  });

  test("a level already touched has been", () => {
    expect(amount("no-touch", { barrier: 99, barrier_type: "up", cash: 1 }, 90)).toBe(0);
    const hit = { barrier: 99, barrier_type: "up", cash: 1, pays: "at-hit" };
    expect(amount("touch", hit, 90)).toBeCloseTo(Math.exp(market.discounting), 12);
  });
});
