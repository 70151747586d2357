import { expect, test } from "vitest";
import { products } from "../../src/index.js";
import { bookOf, isTrade } from "./as-trade.mjs";
import { readEveryCase } from "./cases.mjs";

test("every reference case on one underlying is a trade, those with the same market on the same underlying", () => {
  const cases = readEveryCase();
  expect(new Set(cases.filter((reference) => !isTrade(reference)).map(({ model }) => model))).toEqual(
    new Set(["BS2"]),
  );
  const trades = cases.filter(isTrade);
  const { items, market } = bookOf(trades, products);
  expect(items).toHaveLength(trades.length);
  expect(new Set(trades.map(({ id }) => id)).size).toBe(trades.length);
  expect(market.underlyings.size).toBeLessThan(trades.length / 2);
  for (const { values, uncertainties } of cases) {
    expect(Object.values(values).every(Number.isFinite)).toBe(true);
    expect(Object.values(uncertainties).every((uncertainty) => uncertainty >= 0)).toBe(true);
  }
});
