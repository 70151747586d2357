import { expect, test } from "vitest";
import * as build from "../../src/payoffs/build.js";
import { evaluate } from "../../src/payoffs/evaluate.js";

const prices = [80, 125, 100];
const dates = [0, 1, 2];

test("a call on the last price pays what it is above the strike", () => {
  expect(evaluate(build.max(build.subtract(build.price(2), 90), 0), prices)).toBe(10);
  expect(evaluate(build.max(build.subtract(build.price(2), 110), 0), prices)).toBe(0);
});

test("statistics are over the given dates alone", () => {
  expect(evaluate(build.mean(dates), prices)).toBe(305 / 3);
  expect(evaluate(build.geometricMean(dates), prices)).toBeCloseTo(100, 12);
  expect(evaluate(build.highest(dates), prices)).toBe(125);
  expect(evaluate(build.lowest(dates), prices)).toBe(80);
  expect(evaluate(build.highest([0, 2]), prices)).toBe(100);
});

test("the mean is the sum in date order over the count", () => {
  const uneven = [0.1, 0.2, 0.3];
  expect(evaluate(build.mean(dates), uneven)).toBe((0.1 + 0.2 + 0.3) / 3);
  expect((0.3 + 0.2 + 0.1) / 3).not.toBe((0.1 + 0.2 + 0.3) / 3);
});

test("comparisons are 1 or 0, and strict where they say so", () => {
  const [low, high] = [build.price(0), build.price(1)];
  const values = [build.greater, build.greaterEqual, build.less, build.lessEqual].map((compare) => [
    evaluate(compare(low, high), prices),
    evaluate(compare(high, low), prices),
    evaluate(compare(low, low), prices),
  ]);
  expect(values).toEqual([
    [0, 1, 0],
    [0, 1, 1],
    [1, 0, 0],
    [1, 0, 1],
  ]);
});

test("NaN goes through every operation, comparisons, max and min included", () => {
  const nan = build.log(build.negate(build.price(0)));
  for (const make of [build.greater, build.greaterEqual, build.less, build.lessEqual, build.max, build.min]) {
    expect(evaluate(make(nan, 1), prices)).toBeNaN();
    expect(evaluate(make(1, nan), prices)).toBeNaN();
  }
});

test("a date without a price is refused", () => {
  expect(() => evaluate(build.price(3), prices)).toThrow("date must be one of 0 to 2, got 3");
  expect(() => evaluate(build.mean([0, 3]), prices)).toThrow("date must be one of 0 to 2, got 3");
});
