import { expect, test } from "vitest";
import { dependsOnPrices, hasKinks, jumps, someDates } from "../../src/payoffs/analyse.js";
import * as build from "../../src/payoffs/build.js";
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

test.each([
  "abs(S(T) - 100)",
  "S(T) + 2 * max(S(T), 100)",
  "min(S)",
  "exp(S(T) > 100)",
  "1 - (100 >= S(T)) / 2",
])("%s has a kink", (text) => {
  expect(hasKinks(parseFormula(text, dates))).toBe(true);
});

test.each(["S(T)", "mean(S) * geomean(S)", "S(T) * max(log(2), 3)", "-sqrt(S(T)) / 2", "max(S(T))"])(
  "%s has no kink",
  (text) => {
    expect(hasKinks(parseFormula(text, dates))).toBe(false);
  },
);

test("the dates looked at are those of prices and statistics, each once; one, none, or that there are several", () => {
  const last = build.price(7);
  expect(someDates(build.exp(1))).toEqual([]);
  expect(someDates(build.max(last, build.multiply(last, build.highest([7]))))).toEqual([7]);
  const several = someDates(build.add(build.max(last, build.mean([2, 5])), build.negate(last)));
  expect(several.length).toBeGreaterThan(1);
  expect([2, 5, 7]).toEqual(expect.arrayContaining([...several]));
});

test("only an expression without prices does not depend on them", () => {
  expect(dependsOnPrices(build.exp(1))).toBe(false);
  expect(dependsOnPrices(build.exp(build.price(0)))).toBe(true);
  expect(dependsOnPrices(build.multiply(2, build.lowest([0, 1])))).toBe(true);
});

test("sums deeper than the call stack, and parts that share parts sixty levels deep, are analysed at once", () => {
  let sum = build.price(0);
  let doubled = build.price(1);
  for (let i = 0; i < 50_000; i++) sum = build.add(sum, build.multiply(build.price(0), i + 0.5));
  for (let i = 0; i < 60; i++) doubled = build.add(doubled, doubled);
  const amount = build.add(sum, doubled);
  expect(jumps(amount)).toBe(false);
  expect(hasKinks(amount)).toBe(false);
  expect([...someDates(amount)].sort()).toEqual([0, 1]);
});
