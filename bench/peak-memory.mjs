// Values so many digitals on twenty schedules, streamed, and prints the peak memory in MB: node bench/peak-memory.mjs TRADES
import { products, readPortfolio, runBook } from "../dist/index.js";
import { marketOf, models } from "./workloads.mjs";

const trades = Number(process.argv[2]);
const market = marketOf(models["black-scholes"]());

function* csv() {
  yield "trade_id,underlying,quantity,product,expiry,right,strike,cash\n";
  for (let i = 0; i < trades; i++) yield `T${i},X,1,digital,${1 + (i % 20) / 20},call,${80 + (i % 41)},1\n`;
}

const { valuationDate, underlyings } = market;
const summary = await runBook(
  readPortfolio(csv(), { valuationDate, underlyings, products }),
  market,
  { paths: 1024, greeks: "first" },
  { trade() {}, failure: (failure) => console.error(failure) },
);
if (summary.valuedTrades !== trades) throw new Error(`only ${summary.valuedTrades} trades were valued`);
console.log((process.resourceUsage().maxRSS / 1024).toFixed(0));
