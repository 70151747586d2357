import { describe, expect, test } from "vitest";
import { digamma, logGamma, trigamma } from "../../src/numerics/gamma-function.js";
import { inverseNormal, normalCdf } from "../../src/numerics/normal.js";
import { integrate } from "../../src/numerics/tanh-sinh.js";
import { readTable } from "../reference/read.js";

describe("the gamma function", () => {
  test.each(readTable("gamma-function.csv"))(
    "and its derivatives at $x are those of 40-digit arithmetic",
    (row) => {
      const near = (value: number, truth: number, size = Math.abs(truth)) =>
        expect(Math.abs(value - truth)).toBeLessThanOrEqual(4e-15 * Math.max(size, 1));
      near(logGamma(row.x!), row.log_gamma!);
      near(digamma(row.x!), row.digamma!, Math.abs(row.digamma!) + 1 / row.x!);
      near(trigamma(row.x!), row.trigamma!);
    },
  );
});

describe("the normal quantile", () => {
  test.each([1e-300, 1e-20, 1e-5, 0.02, 0.3, 0.5, 0.7, 0.999, 1 - 1e-12])(
    "undoes the distribution function at %d",
    (p) => {
      const back = normalCdf(inverseNormal(p));
      expect(Math.abs(back - p)).toBeLessThanOrEqual(1e-13 * Math.min(p, 1 - p) + 2e-16);
    },
  );
  test.each([
    [0, -Infinity],
    [1, Infinity],
    [-0.1, Number.NaN],
    [1.1, Number.NaN],
    [Number.NaN, Number.NaN],
  ])("of %d is %d", (p, z) => {
    expect(inverseNormal(p)).toBe(z);
  });
});

describe("integrals", () => {
  test.each([
    ["a polynomial", (x: number) => x ** 5, 0, 2, 64 / 6],
    ["a function with a singular slope", (x: number) => (x > 0 ? x * Math.log(x) : 0), 0, 1, -0.25],
    ["a root", (x: number) => Math.sqrt(x), 0, 4, 16 / 3],
    ["a normal density", (x: number) => Math.exp((-x * x) / 2), -12, 12, Math.sqrt(2 * Math.PI)],
  ] as const)("of %s are exact", (_, f, from, to, truth) => {
    expect(Math.abs(integrate(f, from, to) - truth)).toBeLessThan(1e-12 * Math.abs(truth));
  });
  test("that do not converge say so", () => {
    expect(() => integrate((x) => Math.sign(Math.sin(1e6 * x)) * 1e3, 0, 3)).toThrow("did not converge");
  });
});
