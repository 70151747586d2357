import { readFileSync } from "node:fs";
import {
  computeGreeks,
  dynamics,
  type Market,
  type PortfolioItem,
  products,
  type RunOptions,
  readMarket,
  readPortfolio,
} from "../../src/index.js";

const root = new URL("../../", import.meta.url);

export function exampleMarket(): Market {
  const { market, failures } = readMarket(readFileSync(new URL("data/market.json", root), "utf8"), {
    dynamics,
    models: (name) => {
      const file = `models/${name}.json`;
      return { text: readFileSync(new URL(file, root), "utf8"), file };
    },
  });
  if (market === undefined) throw new Error(JSON.stringify(failures));
  return market;
}

export async function exampleBook(market: Market, file = "data/book.csv"): Promise<PortfolioItem[]> {
  const items: PortfolioItem[] = [];
  const text = readFileSync(new URL(file, root), "utf8");
  const { valuationDate, underlyings } = market;
  for await (const item of readPortfolio(text, { valuationDate, underlyings, products })) items.push(item);
  return items;
}

/** Values by trade and Greek, to the last bit. */
export async function valuesOf(items: readonly PortfolioItem[], market: Market, options: RunOptions) {
  const { results } = await computeGreeks(items, market, options);
  return new Map(
    results.flatMap(({ trade, estimates }) =>
      estimates.map(
        ({ greek, value, standardError }) => [`${trade.id} ${greek}`, [value, standardError]] as const,
      ),
    ),
  );
}
