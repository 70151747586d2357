import { expect } from "vitest";
import type { Estimate } from "../../src/gradients/index.js";

/**
 * The mean within 5 of its standard errors, the variance of a draw within 5 of its own, and the standard error no larger than
 * that variance makes it: a false alarm in about a million per number.
 */
export function expectAgreement(
  estimate: Estimate,
  expected: { readonly mean: number; readonly variance?: number },
  samples: number,
  label: string,
): void {
  const { value, standardError, variance, varianceError, scoreZ } = estimate;
  expect(
    Math.abs(value - expected.mean),
    `${label}: mean ${value}, not ${expected.mean}`,
  ).toBeLessThanOrEqual(5 * standardError);
  if (scoreZ !== null) expect(Math.abs(scoreZ), `${label}: mean of the scores`).toBeLessThan(5);
  if (expected.variance === undefined) return;
  const rounding = 1e-12 * Math.max(expected.mean ** 2, expected.variance, 1e-6);
  expect(
    Math.abs(variance - expected.variance),
    `${label}: variance ${variance} ± ${varianceError}, not ${expected.variance}`,
  ).toBeLessThanOrEqual(5 * varianceError + rounding);
  expect(standardError, `${label}: standard error`).toBeLessThanOrEqual(
    1.6 * Math.sqrt((expected.variance + 5 * varianceError) / samples) + 1e-12 * Math.abs(expected.mean),
  );
}
