// Values a generated book through the library: seconds, and the peak memory as the book grows.
// node bench/book.mjs [rows] [paths]; run after `npm run build`.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dynamics, products, readMarket, readPortfolio, runBook } from "../dist/index.js";

const [rows = "1000", paths = "65536"] = process.argv.slice(2);
const root = new URL("../", import.meta.url);
const { market } = readMarket(readFileSync(new URL("data/market.json", root), "utf8"), {
  dynamics,
  models: (name) => ({ text: readFileSync(new URL(`models/${name}.json`, root), "utf8"), file: name }),
});
const book = spawn(process.execPath, [new URL("scripts/make-book.mjs", root).pathname, rows]);
let estimates = 0;
const start = process.hrtime.bigint();
const { valuationDate, underlyings } = market;
const summary = await runBook(
  readPortfolio(book.stdout, { valuationDate, underlyings, products }),
  market,
  { paths: Number(paths), seed: "bench" },
  {
    trade: (result) => {
      estimates += result.estimates.length;
    },
    failure: (failure) => console.error(failure),
  },
);
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(
  `${summary.valuedTrades} trades, ${estimates} Greeks, ${summary.paths} paths: ${seconds.toFixed(1)} s, peak memory ${megabytes.toFixed(0)} MB`,
);
