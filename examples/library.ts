import { computeGreeks, dynamics, products, readMarket, readPortfolio } from "grecian";

const { market } = readMarket(
  `{
    "valuationDate": "2026-11-23",
    "dayCount": "act/365f",
    "underlyings": {
      "ACME": {
        "spot": 230, "currency": "USD", "rate": 0.043, "dividendYield": 0.004,
        "model": { "dynamics": "black-scholes", "parameters": { "volatility": 0.28 } }
      }
    }
  }`,
  { dynamics },
);
if (market === undefined) throw new Error("the market has faults");

const book = readPortfolio(
  `trade_id,underlying,product,quantity,expiry,right,strike,cash,observations
ADG-1,ACME,asian-digital,-1000,0.5,call,240,1,6
VAN-1,ACME,vanilla,50,0.5,call,240,,`,
  { valuationDate: market.valuationDate, underlyings: market.underlyings, products },
);
const { results, summary } = await computeGreeks(book, market, {
  greeks: ["price", "delta", "vega"],
  seed: "readme",
});

for (const { trade, estimates } of results) {
  for (const { greek, value, standardError, unit } of estimates) {
    console.log(`${trade.id} ${greek}: ${value.toPrecision(6)} ± ${standardError.toPrecision(2)} ${unit}`);
  }
}
for (const { greek, value, standardError } of summary.totals.filter(
  ({ book, greek }) => book === "*" && greek === "delta",
)) {
  console.log(`book ${greek}: ${Number(value).toFixed(3)} ± ${standardError.toPrecision(2)}`);
}
