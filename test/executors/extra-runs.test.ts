import { expect, test } from "vitest";
import {
  computeGreeks,
  ladder,
  type PortfolioItem,
  passes,
  products,
  readPortfolio,
} from "../../src/index.js";
import { exampleMarket } from "../analysis/book.js";

const market = exampleMarket();
const bookOf = async (rows: string) => {
  const items: PortfolioItem[] = [];
  for await (const item of readPortfolio(
    `trade_id,underlying,product,quantity,expiry,right,strike\n${rows}`,
    {
      valuationDate: market.valuationDate,
      underlyings: market.underlyings,
      products,
    },
  ))
    items.push(item);
  return items;
};

const whole = <Row extends { readonly book: string }>(rows: readonly Row[]) =>
  rows.filter(({ book }) => book === "*");

test("a ladder has the book at nine spots of every underlying it holds, and no other", async () => {
  const all = await ladder(await bookOf("F,ACME,forward,10,1,,200\nV,SX5E,vanilla,1,1,call,4900\n"), market, {
    paths: 2048,
    precision: 1e-6,
    profile: "desk",
  });
  const rows = whole(all);
  // All of it is in one book, without a name.
  expect(all.filter(({ book }) => book === "")).toEqual(rows.map((row) => ({ ...row, book: "" })));
  const { spot, rate, dividendYield } = market.underlyings.get("ACME")!;
  const forward = rows.filter(({ underlying, greek }) => underlying === "ACME" && greek === "price");
  expect(forward.map((row) => row.spot / spot)).toEqual([0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2]);
  for (const row of forward)
    expect(row.value).toBeCloseTo(10 * (row.spot * Math.exp(-dividendYield) - 200 * Math.exp(-rate)), 6);
  for (const { value, unit } of rows.filter(
    ({ underlying, greek }) => underlying === "ACME" && greek === "delta",
  )) {
    expect(value).toBeCloseTo(10 * Math.exp(-dividendYield), 8);
    expect(unit).toBe("USD per 1 of spot");
  }
  expect(new Set(rows.map(({ underlying }) => underlying))).toEqual(new Set(["ACME", "SX5E"]));
  expect(rows).toHaveLength(2 * 3 * 9);
});

test("a ladder that is stopped has no half rungs", async () => {
  const rows = await ladder(await bookOf("F,ACME,forward,10,1,,200\n"), market, {
    signal: { aborted: true },
  });
  expect(rows).toEqual([]);
});

test("passes end with the numbers of the whole run, and their errors shrink on the way", async () => {
  const book = await bookOf("V,SPX,vanilla,1,1,call,6000\n");
  const options = { paths: 32_768, seed: "passes" };
  const rows = whole(await passes(book, market, options)).filter(({ greek }) => greek === "price");
  expect(rows.map(({ paths }) => paths)).toEqual([2048, 4096, 8192, 16_384, 32_768]);
  const { summary } = await computeGreeks(book, market, { ...options, greeks: ["price", "delta", "gamma"] });
  const total = summary.totals.find(
    ({ book, underlying, greek }) => book === "*" && underlying === "SPX" && greek === "price",
  )!;
  expect(rows.at(-1)).toMatchObject({ value: Number(total.value), standardError: total.standardError });
  expect(rows.at(-1)!.standardError).toBeLessThan(rows[0]!.standardError / 2);
});

test("a pass that rounding makes the same as the one before is told once", async () => {
  const rows = whole(await passes(await bookOf("F,ACME,forward,10,1,,200\n"), market, { paths: 4096 }));
  expect(rows.filter(({ greek }) => greek === "price").map(({ paths }) => paths)).toEqual([1024, 2048, 4096]);
});
