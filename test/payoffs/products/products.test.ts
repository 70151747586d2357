import { expect, test } from "vitest";
import { evaluate } from "../../../src/payoffs/evaluate.js";
import type { Payoff } from "../../../src/payoffs/payoff.js";
import { TermsError } from "../../../src/payoffs/product.js";
import { asian } from "../../../src/payoffs/products/asian.js";
import { assetDigital } from "../../../src/payoffs/products/asset-digital.js";
import { barrier } from "../../../src/payoffs/products/barrier.js";
import { custom } from "../../../src/payoffs/products/custom.js";
import { digital } from "../../../src/payoffs/products/digital.js";
import { forward } from "../../../src/payoffs/products/forward.js";
import { gap } from "../../../src/payoffs/products/gap.js";
import { rangeDigital } from "../../../src/payoffs/products/range-digital.js";
import { vanilla } from "../../../src/payoffs/products/vanilla.js";

/** What is paid on each path, prices in the order of the payoff's dates. */
function paid({ amount, dates }: Payoff, ...paths: number[][]): number[] {
  if (typeof amount === "function") throw new Error("a product's amount must be an expression");
  return paths.map((prices) => {
    expect(prices).toHaveLength(dates.length);
    // 0 · −5 is −0, which is 0 to a payer.
    return evaluate(amount, prices) + 0;
  });
}

const [call, put] = ["call", "put"] as const;

test("a forward pays S_T - K, also when that is a loss", () => {
  expect(paid(forward.payoff({ strike: 100 }, 1), [130], [70])).toEqual([30, -30]);
});

test("a vanilla pays what exercise is worth", () => {
  expect(paid(vanilla.payoff({ right: call, strike: 100 }, 1), [130], [100], [70])).toEqual([30, 0, 0]);
  expect(paid(vanilla.payoff({ right: put, strike: 100 }, 1), [130], [100], [70])).toEqual([0, 0, 30]);
});

test("a European product looks at expiry alone", () => {
  for (const payoff of [
    forward.payoff({ strike: 100 }, 0.75),
    vanilla.payoff({ right: call, strike: 100 }, 0.75),
    digital.payoff({ right: call, strike: 100, cash: 1 }, 0.75),
    assetDigital.payoff({ right: call, strike: 100 }, 0.75),
    gap.payoff({ right: call, strike: 100, trigger: 110 }, 0.75),
    rangeDigital.payoff({ lower: 90, upper: 110, cash: 1 }, 0.75),
  ]) {
    expect(payoff.dates).toEqual([0.75]);
  }
});

test("a digital pays its cash beyond the strike, and nothing at it", () => {
  expect(paid(digital.payoff({ right: call, strike: 100, cash: 5 }, 1), [101], [100], [99])).toEqual([
    5, 0, 0,
  ]);
  expect(paid(digital.payoff({ right: put, strike: 100, cash: 5 }, 1), [101], [100], [99])).toEqual([
    0, 0, 5,
  ]);
});

test("an asset digital pays S_T beyond the strike, and nothing at it", () => {
  expect(paid(assetDigital.payoff({ right: call, strike: 100 }, 1), [101], [100], [99])).toEqual([101, 0, 0]);
  expect(paid(assetDigital.payoff({ right: put, strike: 100 }, 1), [101], [100], [99])).toEqual([0, 0, 99]);
});

test("a gap pays S_T - K beyond its trigger, a loss where the trigger is on the wrong side of the strike", () => {
  const above = gap.payoff({ right: call, strike: 100, trigger: 110 }, 1);
  expect(paid(above, [120], [110], [105])).toEqual([20, 0, 0]);
  expect(paid(gap.payoff({ right: call, strike: 100, trigger: 90 }, 1), [95], [90])).toEqual([-5, 0]);
  expect(paid(gap.payoff({ right: put, strike: 100, trigger: 90 }, 1), [80], [90], [95])).toEqual([20, 0, 0]);
  expect(paid(gap.payoff({ right: put, strike: 100, trigger: 110 }, 1), [105], [110])).toEqual([-5, 0]);
});

test("a range digital pays its cash strictly between its levels", () => {
  const payoff = rangeDigital.payoff({ lower: 90, upper: 110, cash: 3 }, 1);
  expect(paid(payoff, [89], [90], [100], [110], [111])).toEqual([0, 0, 3, 0, 0]);
});

test("a range whose lower level is not below its upper is refused", () => {
  expect(fault(() => rangeDigital.payoff({ lower: 110, upper: 90, cash: 1 }, 1))).toEqual({
    term: "lower",
    message: "lower must be < upper 90, got 110",
  });
  expect(fault(() => rangeDigital.payoff({ lower: 90, upper: 90, cash: 1 }, 1))?.term).toBe("lower");
});

const asianTerms = { strike: 100, average: "arithmetic", strike_type: "fixed" } as const;

test("an Asian pays the average against the strike", () => {
  const terms = { ...asianTerms, observations: [0.5, 1] };
  expect(paid(asian.payoff({ ...terms, right: call }, 1), [80, 140], [80, 100])).toEqual([10, 0]);
  expect(paid(asian.payoff({ ...terms, right: put }, 1), [80, 140], [80, 100])).toEqual([0, 10]);
});

test("a geometric Asian averages the logarithms", () => {
  const payoff = asian.payoff(
    { ...asianTerms, right: call, average: "geometric", observations: [0.5, 1] },
    1,
  );
  expect(paid(payoff, [90, 160])[0]).toBeCloseTo(20, 12);
});

test("an Asian not observed at expiry averages its observations alone", () => {
  const payoff = asian.payoff({ ...asianTerms, right: call, observations: [0.25, 0.5] }, 1);
  expect(payoff.dates).toEqual([0.25, 0.5, 1]);
  expect(paid(payoff, [100, 120, 1000])).toEqual([10]);
});

// Strike 100, barrier 120 (up) or 80 (down), rebate 7. Paths: not near the barrier; touching it on the first date;
// beyond it at expiry alone. "Touching" is at the barrier exactly, which counts as hit.
const up = [
  [110, 115],
  [120, 115],
  [110, 130],
];
const down = [
  [90, 95],
  [80, 95],
  [90, 70],
];
test.each([
  ["up-and-out", call, up, [15, 7, 7]],
  ["up-and-in", call, up, [7, 15, 30]],
  [
    "up-and-out",
    put,
    [
      [110, 95],
      [120, 95],
      [121, 100],
    ],
    [5, 7, 7],
  ],
  [
    "up-and-in",
    put,
    [
      [110, 95],
      [120, 95],
      [121, 100],
    ],
    [7, 5, 0],
  ],
  ["down-and-out", put, down, [5, 7, 7]],
  ["down-and-in", put, down, [7, 5, 30]],
  [
    "down-and-out",
    call,
    [
      [90, 105],
      [80, 105],
      [79, 100],
    ],
    [5, 7, 7],
  ],
  [
    "down-and-in",
    call,
    [
      [90, 105],
      [80, 105],
      [79, 100],
    ],
    [7, 5, 0],
  ],
] as const)(
  "an %s %s is alive strictly inside its barrier, and pays its rebate when it is not",
  (type, right, paths, amounts) => {
    const level = type.startsWith("up") ? 120 : 80;
    const terms = { right, strike: 100, barrier: level, barrier_type: type, observations: [0.5, 1] };
    const prices = paths.map((path) => [...path]);
    expect(paid(barrier.payoff({ ...terms, rebate: 7 }, 1), ...prices)).toEqual(amounts);
    const withoutRebate = amounts.map((amount) => (amount === 7 ? 0 : amount));
    expect(paid(barrier.payoff({ ...terms, rebate: 0 }, 1), ...prices)).toEqual(withoutRebate);
  },
);

test("a barrier not observed at expiry may be passed there", () => {
  const payoff = barrier.payoff(
    {
      right: call,
      strike: 100,
      barrier: 120,
      barrier_type: "up-and-out",
      observations: [0.25, 0.5],
      rebate: 0,
    },
    1,
  );
  expect(payoff.dates).toEqual([0.25, 0.5, 1]);
  expect(paid(payoff, [110, 119, 150], [110, 121, 150])).toEqual([50, 0]);
});

test("a custom payoff sees its observations and expiry", () => {
  const payoff = custom.payoff({ payoff: "max(S(T) - S(0.5), 0) * (max(S) < 130)", observations: [0.5] }, 1);
  expect(payoff.dates).toEqual([0.5, 1]);
  expect(paid(payoff, [100, 120], [100, 130])).toEqual([20, 0]);
  expect(custom.payoff({ payoff: "S(T)", observations: [] }, 0.75).dates).toEqual([0.75]);
});

test("a formula that cannot be read is a fault of the column payoff, with the place in it", () => {
  expect(fault(() => custom.payoff({ payoff: "maxx(S(T), 0)", observations: [] }, 1))).toEqual({
    term: "payoff",
    message: 'payoff at character 1: unknown function "maxx"; did you mean "max"?',
  });
});

test("an observation at expiry, but for rounding, is expiry", () => {
  const { dates } = asian.payoff({ ...asianTerms, right: call, observations: [0.1 + 0.2, 0.7 + 0.2] }, 0.9);
  expect(0.7 + 0.2).not.toBe(0.9);
  expect(dates).toEqual([0.1 + 0.2, 0.9]);
  expect(asian.payoff({ ...asianTerms, right: call, observations: [0.9 * (1 + 1e-12)] }, 0.9).dates).toEqual([
    0.9,
  ]);
});

test.each([
  [[0, 1], "got 0 after 0"],
  [[0.5, 0.5], "got 0.5 after 0.5"],
  [[0.5, 1.1], "got 1.1 after 0.5"],
  [[1, 1 + 1e-10], "got 1.0000000001 after 1"],
  [[Number.NaN], "got NaN after 0"],
])("observations %j of a one-year trade are refused", (observations, came) => {
  expect(fault(() => asian.payoff({ ...asianTerms, right: call, observations }, 1))).toEqual({
    term: "observations",
    message: `observations must be > 0, strictly increasing and not after expiry 1, ${came}`,
  });
});

function fault(make: () => unknown): { term: string; message: string } | undefined {
  try {
    make();
  } catch (error) {
    if (error instanceof TermsError) return { term: error.term, message: error.message };
    throw error;
  }
  return undefined;
}
