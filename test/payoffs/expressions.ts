import fc from "fast-check";
import * as build from "../../src/payoffs/build.js";
import type { Expression } from "../../src/payoffs/expression.js";

const reproducible = {
  unary: [build.negate, build.abs, build.sqrt],
  statistics: [build.mean, build.highest, build.lowest],
};
const everything = {
  unary: [...reproducible.unary, build.exp, build.log, build.normalCdf],
  statistics: [...reproducible.statistics, build.geometricMean],
};
const binary = [
  build.add,
  build.subtract,
  build.multiply,
  build.divide,
  build.max,
  build.min,
  build.greater,
  build.greaterEqual,
  build.less,
  build.lessEqual,
];

const numbers = fc.oneof(
  fc.integer({ min: -3, max: 200 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Expressions over the first `dates` prices, as the constructors build them. */
export const expressions = (dates: number) => expressionsOf(dates, everything);

/** Those that JavaScript and the kernel compute to the same bit: no exp, log, Φ or geometric mean. */
export const reproducibleExpressions = (dates: number) => expressionsOf(dates, reproducible);

function expressionsOf(
  dates: number,
  { unary, statistics }: typeof everything | typeof reproducible,
): fc.Arbitrary<Expression> {
  const date = fc.integer({ min: 0, max: dates - 1 });
  const someDates = fc.subarray([...Array(dates).keys()], { minLength: 1 });
  const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
    const operand = tie("expression");
    return {
      expression: fc.oneof(
        { maxDepth: 6, depthIdentifier: "expression" },
        fc.oneof(date.map(build.price), numbers.map(build.constant)),
        fc.tuple(fc.constantFrom(...statistics), someDates).map(([make, observed]) => make(observed)),
        fc.tuple(fc.constantFrom(...unary), operand).map(([make, of]) => make(of)),
        fc.tuple(fc.constantFrom(...binary), operand, operand).map(([make, a, b]) => make(a, b)),
      ),
    };
  });
  return expression;
}

/** Prices on one path; few values, so that ties occur. */
export function paths(dates: number): fc.Arbitrary<number[]> {
  const price = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.double({ min: 0.01, max: 1e4, noNaN: true }));
  return fc.array(price, { minLength: dates, maxLength: dates });
}
