import { expect, test } from "vitest";
import { jumps } from "../../src/payoffs/analyse.js";
import { parseFormula } from "../../src/payoffs/formula.js";

const dates = [0.5, 1];

test.each([
  "S(T)",
  "max(S(T) - 100, 0)",
  "max(mean(S) - 100, 0) - min(geomean(S), 90)",
  "abs(max(S) - min(S))",
  "S(T) / S[1]",
  "S(T) / (1 + mean(S) * 2)",
  "100 / sqrt(max(S(T) - 5, 1))",
  "max(S(T) / min(exp(-S[1]), 3), 0)",
  "(2 > 1) * S(T)",
  "5",
])("%s does not jump", (text) => {
  expect(jumps(parseFormula(text, dates))).toBe(false);
});

test.each([
  "S(T) > 100",
  "100 >= S(T)",
  "max(S(T) - 100, 0) * (max(S) < 130)",
  "S(T) - (mean(S) <= 90)",
  "abs(sqrt(S(T) > 3))",
  "S(T) / (S(T) - 100)",
  "1 / max(S(T) - 100, 0)",
  "(S[1] > 100) / S(T)",
])("%s may jump", (text) => {
  expect(jumps(parseFormula(text, dates))).toBe(true);
});
