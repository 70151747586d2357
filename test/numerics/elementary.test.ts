import { describe, expect, test } from "vitest";
import { cos, sin, tan } from "../../src/numerics/circular.js";
import { cbrt, exp, log, log1p, power, powerOfTwoFrom } from "../../src/numerics/elementary.js";
import { mapNumbers } from "../kernel/columns.js";

/** Distance in representable numbers, those of either sign counted through 0. */
function stepsBetween(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : Infinity;
  const place = (x: number) => {
    const bits = new BigInt64Array(Float64Array.of(x).buffer)[0]!;
    return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
  };
  const steps = place(a) - place(b);
  return Number(steps < 0n ? -steps : steps);
}

function worst(
  own: (x: number) => number,
  host: (x: number) => number,
  numbers: readonly number[],
): { readonly steps: number; readonly at: number } {
  return numbers
    .map((at) => ({ at, steps: stepsBetween(own(at), host(at)) }))
    .reduce((a, b) => (b.steps > a.steps ? b : a));
}

const COUNT = 20_000;
const spread = (low: number, high: number) =>
  Array.from({ length: COUNT }, (_, i) => low + ((high - low) * i) / COUNT);
/** Of either sign, of every size that a double can have. */
const sizes = Array.from(
  { length: COUNT },
  (_, i) => 10 ** (-323 + (631 * i) / COUNT) * (1 + ((i * 37) % 100) / 300),
);
const signed = [...sizes, ...sizes.map((x) => -x)];
const EDGES = [
  0,
  -0,
  1,
  -1,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  Number.MAX_VALUE,
  Infinity,
  -Infinity,
  Number.NaN,
];

describe("functions of elementary.ts are those of the host, to two units in the last place", () => {
  test.each([
    [
      "exp",
      exp,
      Math.exp,
      [...spread(-745.2, 709.8), ...spread(-1, 1), ...signed, -1e4, 710, 800, 1e4, ...EDGES],
    ],
    ["log", log, Math.log, [...signed, ...spread(0.4, 2.5), ...EDGES]],
    [
      "log1p",
      log1p,
      Math.log1p,
      [...signed, ...spread(-1, 2), ...spread(-1e-8, 1e-8), -1 + 2 ** -53, ...EDGES],
    ],
    ["cbrt", cbrt, Math.cbrt, [...signed, ...spread(-30, 30), ...EDGES]],
  ])("%s", (_, own, host, numbers) => {
    const { steps, at } = worst(own, host, numbers);
    expect(steps, `at ${at}`).toBeLessThanOrEqual(2);
  });

  test("signs of zero stay", () => {
    expect([log1p(-0), cbrt(-0)].every((x) => Object.is(x, -0))).toBe(true);
  });
});

describe("sine and cosine", () => {
  /** The doubles next to multiples of π/2, where all leading digits cancel. */
  const nearQuarters = Array.from({ length: 60_000 }, (_, n) => (n * Math.PI) / 2);
  const numbers = [
    ...spread(-7, 7),
    ...spread(-1e5, 1e5),
    ...nearQuarters,
    ...sizes.filter((x) => x < 1e5),
    0,
    -0,
  ];

  test.each([
    ["sin", sin, Math.sin, 1],
    ["cos", cos, Math.cos, 1],
    ["tan", tan, Math.tan, 3],
  ])("%s is the host's", (_, own, host, limit) => {
    const { steps, at } = worst(own, host, numbers);
    expect(steps, `at ${at}`).toBeLessThanOrEqual(limit);
  });

  test("refuse what the reduction was not made for, and carry NaN through", () => {
    for (const x of [1.1e5, -Infinity]) expect(() => sin(x)).toThrow("x must be within ±1e5");
    expect([sin(Number.NaN), cos(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe("exp and log", () => {
  test.each([
    ["exp", exp, [...spread(-760, 720), ...signed, ...EDGES]],
    ["log", log, [...signed, ...spread(0.4, 2.5), ...EDGES]],
  ] as const)("%s of one number has the bits of a column's", (name, own, numbers) => {
    expect(numbers.map(own)).toEqual(mapNumbers(name, numbers));
  });
});

describe("powers", () => {
  test("are products", () => {
    expect([power(3, 0), power(3, 1), power(-3, 5), power(1.5, 4), power(2, -3)]).toEqual([
      1, 3, -243, 5.0625, 0.125,
    ]);
    expect(power(2, 1023)).toBe(2 ** 1023);
    expect(power(0, -1)).toBe(Infinity);
    expect(() => power(2, 0.5)).toThrow("n must be a whole number");
  });

  test.each([
    [0.3, 1],
    [1, 1],
    [1.01, 2],
    [1024, 1024],
    [1025, 2048],
    [Infinity, Infinity],
  ])("of two from %d: %d", (x, expected) => {
    expect(powerOfTwoFrom(x)).toBe(expected);
  });
});
