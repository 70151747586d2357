import { describe, expect, test } from "vitest";
import { dynamics } from "../../src/dynamics/catalogue.js";
import type { LatentLaw } from "../../src/dynamics/dynamics.js";
import { loadKernel } from "../../src/kernel/kernel.js";

const kernel = await loadKernel();
const wanted = ["v0", "kappa", "theta", "xi", "rho"];

/** m, s and their tangents after two intervals of paths firstPath …, number by number. */
function paths(
  name: string,
  parameters: Record<string, number>,
  firstPath: number,
  n: number,
  asked = wanted,
) {
  const mark = kernel.mark();
  const carry = { rate: 0.03, dividendYield: 0.01 };
  const request = { parameters, carry, dates: [0.5, 1], wanted: asked, wantedPairs: [] };
  const law = dynamics[name]!.law(request) as LatentLaw;
  const columns = (count: number) => Array.from({ length: count }, () => kernel.allocate(n * 8));
  const block = {
    key: [1, 2] as const,
    state: columns(law.stateColumns),
    mean: kernel.allocate(n * 8),
    deviation: kernel.allocate(n * 8),
    meanTangents: columns(law.tangentParameters.length),
    deviationTangents: columns(law.tangentParameters.length),
    meanSecond: [],
    deviationSecond: [],
    latentScores: [],
  };
  for (const k of [0, 1]) law.fill(kernel, k, block, { batch: 3, firstPath, paths: n });
  const all = [block.mean, block.deviation, ...block.meanTangents, ...block.deviationTangents];
  const result = all.map((column) => [...kernel.column(column, n)]);
  kernel.release(mark);
  return result;
}

const cases = [
  ["an ordinary variance", { v0: 0.04, kappa: 2, theta: 0.04, xi: 0.3, rho: -0.6, step: 0.1 }],
  ["a variance near 0", { v0: 0.04, kappa: 0.5, theta: 0.04, xi: 1, rho: -0.9, step: 0.1 }],
  ["a variance that hardly moves", { v0: 0.04, kappa: 2, theta: 0.04, xi: 0.02, rho: -0.6, step: 0.1 }],
] as const;

// A path of this scheme is a smooth function of the parameters, but where it changes from one law of v' to the other.
describe("the tangents of heston-qe", () => {
  describe.each(cases)("with %s", (_, parameters) => {
    test.each(wanted)("are what central differences give in %s", (name) => {
      const n = 1024;
      const size = parameters[name as keyof typeof parameters];
      const h = 1e-6 * size;
      const at = (value: number) => paths("heston-qe", { ...parameters, [name]: value }, 0, n, [name]);
      const [mean, deviation, meanTangent, deviationTangent] = at(size);
      const [up, down] = [at(size + h), at(size - h)];
      for (const [c, tangent] of [meanTangent!, deviationTangent!].entries()) {
        const off = tangent.map((own, i) => {
          const difference = (up[c]![i]! - down[c]![i]!) / (2 * h);
          const scale = Math.abs(own) + (Math.abs(mean![i]!) + deviation![i]!) / size;
          return Math.abs(own - difference) / scale;
        });
        const sorted = off.sort((a, b) => a - b);
        expect(sorted[Math.floor(0.99 * n)]).toBeLessThan(1e-7);
        expect(tangent.filter((own) => own !== 0).length).toBeGreaterThan(0.1 * n);
      }
    });
  });
});

describe.each(["heston", "heston-qe"])("a step of %s", (name) => {
  test.each(cases)("gives each path the same bits in every block size, with %s", (_, parameters) => {
    const whole = paths(name, parameters, 4096, 1024);
    const pieces = [0, 16, 512].map((start, i) => paths(name, parameters, 4096 + start, [16, 496, 512][i]!));
    expect(whole.map((_, c) => pieces.flatMap((piece) => piece[c]!))).toEqual(whole);
    // Whatever is differentiated, the path is the same.
    expect(paths(name, parameters, 4096, 1024, [])).toEqual(whole.slice(0, 2));
  });
});
