import { describe, expect, test } from "vitest";
import type { Derivative } from "../../src/gradients/distribution.js";
import { dynamics } from "../../src/index.js";
import { COLUMN_BYTES, loadKernel } from "../../src/kernel/kernel.js";
import { openColumns } from "../../src/simulation/latent-columns.js";
import { lawOf, openPaths } from "../../src/simulation/paths.js";
import { weightPolynomials } from "../../src/simulation/polynomial-weights.js";
import type { Schedule } from "../../src/simulation/schedule.js";
import { openWeights } from "../../src/simulation/weights.js";

const PATHS = 16;
const values = { spot: 90, volatility: 0.3, rate: 0.04, dividend_yield: 0.01 };
type Name = keyof typeof values;

/** ln of the discounted density of the prices at the dates, but for what no parameter moves. */
function logDensity(prices: readonly number[], dates: readonly number[], at: Record<Name, number>): number {
  let sum = -at.rate * dates.at(-1)!;
  let [before, time] = [at.spot, 0];
  for (const [k, price] of prices.entries()) {
    const years = dates[k]! - time;
    const s = at.volatility * Math.sqrt(years);
    const m = (at.rate - at.dividend_yield) * years - s ** 2 / 2;
    sum -= (Math.log(price / before) - m) ** 2 / (2 * s ** 2) + Math.log(s);
    [before, time] = [price, dates[k]!];
  }
  return sum;
}

/** ∂p/p by central differences, in one parameter after the other. */
function weight(prices: readonly number[], dates: readonly number[], derivative: readonly Name[]): number {
  const base = logDensity(prices, dates, values);
  const step = 3e-4;
  const differ = (left: readonly Name[], at: Record<Name, number>): number => {
    const [name, ...others] = left;
    if (name === undefined) return Math.exp(logDensity(prices, dates, at) - base);
    const h = step * values[name];
    return (
      (differ(others, { ...at, [name]: at[name] + h }) - differ(others, { ...at, [name]: at[name] - h })) /
      (2 * h)
    );
  };
  return differ(derivative, values);
}

const derivatives: readonly (readonly Name[])[] = [
  [],
  ["spot"],
  ["volatility"],
  ["rate"],
  ["dividend_yield"],
  ["spot", "spot"],
  ["spot", "volatility"],
  ["volatility", "volatility"],
  ["spot", "spot", "spot"],
];

function scheduleOf(dates: readonly number[]): Schedule {
  const { rate, dividend_yield: dividendYield, spot, volatility } = values;
  return {
    ...{ underlying: "X", spot, carry: { rate, dividendYield }, dates },
    ...{ dynamics: dynamics["black-scholes"]!, parameters: { volatility } },
  };
}

describe("weights are derivatives of the discounted density, over itself", () => {
  test.each([
    ["one date", [0.7]],
    ["three dates", [0.2, 0.7, 1]],
  ])("of %s, and times the ratio of densities", async (_, dates) => {
    const kernel = await loadKernel();
    const schedule = scheduleOf(dates);
    const law = lawOf(schedule, derivatives as readonly Derivative[]);
    if (law.kind !== "constant") throw new Error("the law of Black-Scholes must be constant");
    const [ratio] = openColumns(kernel, 1) as [number];
    const ratios = Array.from({ length: PATHS }, (_, i) => 0.2 + i / 20);
    kernel.column(ratio, PATHS).set(ratios);
    const out = kernel.allocate(derivatives.length * COLUMN_BYTES);
    const weights = openWeights(kernel, schedule, law, derivatives as readonly Derivative[], out, ratio);
    const prices = Array.from({ length: PATHS }, () => [] as number[]);
    weights.begin(PATHS);
    for (const [k, { mean, deviation }] of law.intervals.entries()) {
      const [z] = openColumns(kernel, 1) as [number];
      const normals = Array.from({ length: PATHS }, (_, i) => 2.5 * Math.sin(1 + i + 5 * k));
      kernel.column(z, PATHS).set(normals);
      for (const [i, own] of prices.entries())
        own.push((own.at(-1) ?? schedule.spot) * Math.exp(mean + deviation * normals[i]!));
      const nothing = { meanTangents: [], deviationTangents: [], deviation: 0 };
      const noSecond = { meanSecond: [], deviationSecond: [], latentScores: [] };
      weights.interval(k, { z, ...nothing, ...noSecond }, PATHS);
    }
    weights.finish(PATHS);
    for (const [j, derivative] of derivatives.entries()) {
      const size = derivative.reduce((product, name) => product * values[name], 1);
      const column = kernel.column(out + j * COLUMN_BYTES, PATHS);
      for (const [i, own] of prices.entries()) {
        const expected = ratios[i]! * weight(own, dates, derivative);
        // In units of the relative move; the differences are good to a few of their steps squared.
        const error = Math.abs(column[i]! - expected) * size;
        expect(error, derivative.join(" ")).toBeLessThan(1e-3 * Math.max(1, Math.abs(expected) * size));
      }
    }
  });

  test("of one date, as sums of the powers of its normal", async () => {
    const kernel = await loadKernel();
    const schedule = scheduleOf([0.7]);
    const wanted = derivatives as readonly Derivative[];
    const polynomials = weightPolynomials(schedule, lawOf(schedule, wanted), wanted)!;
    // A power for each order in the spot, two for each in the volatility.
    expect(polynomials.map(({ length }) => length)).toEqual([1, 2, 3, 2, 2, 3, 4, 5, 4]);
    const options = { seed: "powers", stream: "main", sampler: "sobol", derivatives: wanted } as const;
    const own = openPaths(kernel, schedule, options);
    const powers = openPaths(kernel, schedule, { ...options, powers: 5 });
    own.draw(3, 0, PATHS);
    powers.draw(3, 0, PATHS);
    const column = (pointer: number, j: number) => kernel.column(pointer + j * COLUMN_BYTES, PATHS);
    for (const [g, polynomial] of polynomials.entries()) {
      for (const [i, weight] of column(own.weights, g).entries()) {
        const terms = polynomial.map((coefficient, j) => coefficient * column(powers.weights, j)[i]!);
        const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
        const sum = terms.reduce((sum, term) => sum + term, 0);
        expect(Math.abs(weight - sum), derivatives[g]!.join(" ")).toBeLessThanOrEqual(4e-16 * size);
      }
    }
  });

  test("of several dates are no polynomials", () => {
    const schedule = scheduleOf([0.7, 1]);
    expect(weightPolynomials(schedule, lawOf(schedule, [["spot"]]), [["spot"]])).toBeNull();
  });
});
