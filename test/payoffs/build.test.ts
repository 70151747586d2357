import { expect, test } from "vitest";
import * as build from "../../src/payoffs/build.js";

const s = build.price(0);

test("plain numbers stand for constants", () => {
  expect(build.max(build.subtract(s, 100), 0)).toEqual({
    op: "max",
    left: { op: "subtract", left: s, right: { op: "constant", value: 100 } },
    right: { op: "constant", value: 0 },
  });
});

test("operations on constants are done at once", () => {
  expect(build.add(2, build.multiply(3, 4))).toEqual(build.constant(14));
  expect(build.greater(3, 2)).toEqual(build.constant(1));
  expect(build.negate(build.sqrt(9))).toEqual(build.constant(-3));
});

test("operations without a finite value stay, so that they show", () => {
  expect(build.divide(1, 0)).toEqual({ op: "divide", left: build.constant(1), right: build.constant(0) });
  expect(build.sqrt(-1)).toEqual({ op: "sqrt", of: build.constant(-1) });
});

test("the normal law of constants stays, as the kernel has other bits of it", () => {
  expect(build.exp(build.log(1))).toEqual(build.constant(1));
  expect(build.normalCdf(1)).toEqual({ op: "normal-cdf", of: build.constant(1) });
  expect(build.inverseNormal(0.3)).toEqual({ op: "inverse-normal", of: build.constant(0.3) });
});

test("operations that change nothing are left out", () => {
  for (const same of [
    build.add(s, 0),
    build.add(0, s),
    build.subtract(s, 0),
    build.multiply(s, 1),
    build.multiply(1, s),
    build.divide(s, 1),
    build.negate(build.negate(s)),
  ]) {
    expect(same).toBe(s);
  }
});

test("a product with 0 stays, so that a NaN or infinite factor is not lost", () => {
  expect(build.multiply(s, 0).op).toBe("multiply");
});

test("a statistic of one price is that price, and of none is refused", () => {
  for (const statistic of [build.mean, build.geometricMean, build.highest, build.lowest]) {
    expect(statistic([2])).toEqual(build.price(2));
    expect(statistic([0, 2])).toHaveProperty("dates", [0, 2]);
    expect(() => statistic([])).toThrow("must be over at least one date, got none");
  }
});

test.each([[[1, 0]], [[1, 1]], [[-1, 0]]])("a statistic over the dates %j is refused", (dates) => {
  expect(() => build.mean(dates)).toThrow(
    `the dates of mean must be strictly increasing indices >= 0, got ${dates}`,
  );
});
