import { describe, expect, test } from "vitest";
import { normalCdf } from "../../src/numerics/normal.js";
import { integrateEven } from "../../src/numerics/quadrature.js";

describe("the integral of even functions over the half line", () => {
  test.each([0.5, 1, 3, 5])("is exact for a Gaussian that oscillates with frequency %d", (b) => {
    const { cosine } = integrateEven((u) => ({ cosine: Math.exp(-u * u) * Math.cos(2 * b * u) }), 7);
    expect(Math.abs(cosine - (Math.sqrt(Math.PI) / 2) * Math.exp(-b * b))).toBeLessThan(1e-15);
  });

  test.each([1e-6, 1e-2, 1])("is exact for poles at ±i/2 under a Gaussian of width 1/√%d", (a) => {
    const { poles } = integrateEven(
      (u) => ({ poles: Math.exp(-a * u * u) / (u * u + 0.25) }),
      7 / Math.sqrt(a),
    );
    const truth = 2 * Math.PI * Math.exp(a / 4) * normalCdf(-Math.sqrt(a / 2));
    expect(Math.abs(poles / truth - 1)).toBeLessThan(1e-14);
  });

  test("several integrals are refined until the hardest has converged", () => {
    const hard = (u: number) => (Math.cos(30 * u) / Math.cosh(u)) ** 2;
    const both = integrateEven((u) => ({ easy: Math.exp(-u * u), hard: hard(u) }), 20);
    const alone = integrateEven((u) => ({ hard: hard(u) }), 20);
    expect(both.easy).toBeCloseTo(Math.sqrt(Math.PI) / 2, 15);
    expect(both.hard).toBe(alone.hard);
  });

  test("an integral that does not converge is an error, never a number", () => {
    expect(() => integrateEven((u) => ({ rough: Math.cos(1e9 * u) / (1 + u) }), 1e6)).toThrow(
      "an integral up to 1000000 did not converge with a hundred thousand points",
    );
    expect(() => integrateEven(() => ({ missing: Number.NaN }), 10)).toThrow("did not converge");
  });
});
