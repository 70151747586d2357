// (d) How the cost grows: with trades, Greeks, paths, dates and threads.
import { openThreads } from "../dist/executors/threads.js";
import { cpuSeconds, digits, medians, wallSeconds } from "./measure.mjs";
import { asian, bookOf, digital, digitals, marketOf, models, value } from "./workloads.mjs";

export const title = "How the cost grows";

const TWELVE = [
  ...["price", "delta", "gamma", "speed", "vega", "vanna", "volga", "theta", "theta_calendar", "charm"],
  ...["rho", "dividend_rho"],
];
const FIFTEEN = [
  ...["price", "delta", "gamma", "vega", "theta", "theta_calendar", "rho", "dividend_rho", "d_v0", "d_kappa"],
  ...["d_theta", "d_xi", "d_rho", "vanna", "charm"],
];

export async function* lines({ quick }) {
  const rounds = quick ? 2 : 5;
  const paths = quick ? 16_384 : 65_536;
  const blackScholes = marketOf(models["black-scholes"]());
  const heston = marketOf(models.heston());
  const cost = async (trades, market, options, executor) => {
    const book = await bookOf(trades, market);
    const all = { estimator: "likelihood-ratio", paths, ...options };
    return async () => (await cpuSeconds(() => value(book, market, all, executor))).seconds;
  };

  const many = quick ? 1000 : 10_000;
  const grown = await medians(
    {
      few: await cost(digitals(many / 10), blackScholes, { greeks: TWELVE }),
      many: await cost(digitals(many), blackScholes, { greeks: TWELVE }),
    },
    quick ? 2 : 3,
  );
  const furtherNs = ((grown.many - grown.few) * 1e9) / (0.9 * many * paths);
  yield {
    name: "further trade, ns",
    ratio: furtherNs,
    target: 4,
    better: "lower",
    isRatio: false,
    definition: `CPU nanoseconds per further digital and path on one Black-Scholes schedule with ${TWELVE.length} Greeks, from ${many / 10} and ${many} trades at ${paths} paths`,
    detail: `${digits(grown.few)} s, ${digits(grown.many)} s`,
  };

  const hestonBook = await medians(
    {
      one: await cost([digital()], heston, { greeks: "first" }),
      thousand: await cost(digitals(1000), heston, { greeks: "first" }),
    },
    rounds,
  );
  yield {
    name: "1,000 Heston trades",
    ratio: hestonBook.thousand / hestonBook.one,
    target: 5,
    better: "lower",
    definition: `CPU time of 1,000 Heston digitals on one schedule / of one, all first-order Greeks and gamma, ${paths} paths`,
    detail: `${digits(hestonBook.thousand)} / ${digits(hestonBook.one)} s`,
  };

  const byGreeks = await medians(
    {
      price: await cost([digital()], heston, { greeks: ["price"] }),
      fifteen: await cost([digital()], heston, { greeks: FIFTEEN }),
    },
    rounds,
  );
  yield {
    name: "15 Greeks",
    ratio: byGreeks.fifteen / byGreeks.price,
    target: 3,
    better: "lower",
    definition: `CPU time of ${FIFTEEN.length} Greeks of a Heston digital / of its price, ${paths} paths, likelihood ratio`,
    detail: `${digits(byGreeks.fifteen)} / ${digits(byGreeks.price)} s`,
  };

  const byPaths = await medians(
    {
      once: await cost([asian()], blackScholes, { greeks: "first" }),
      sixteenfold: await cost([asian()], blackScholes, { greeks: "first", paths: 16 * paths }),
    },
    rounds,
  );
  yield {
    name: "16 times the paths",
    ratio: byPaths.sixteenfold / byPaths.once / 16,
    better: "lower",
    definition: `CPU time per path of a Black-Scholes Asian at ${16 * paths} paths / at ${paths}: below 1 by what happens once`,
    detail: `${digits(byPaths.sixteenfold)} / ${digits(byPaths.once)} s`,
  };

  const byDates = await medians(
    {
      twelve: await cost([asian(12)], blackScholes, { greeks: "first" }),
      yearly: await cost([asian(252)], blackScholes, { greeks: "first" }),
    },
    rounds,
  );
  yield {
    name: "21 times the dates",
    ratio: byDates.yearly / byDates.twelve / 21,
    better: "lower",
    definition: `CPU time per path and date of a Black-Scholes Asian on 252 dates / on 12, ${paths} paths`,
    detail: `${digits(byDates.yearly)} / ${digits(byDates.twelve)} s`,
  };

  const book = await bookOf(digitals(100), heston);
  const pools = [1, 2].map((count) => openThreads(count));
  try {
    const timed = (pool) => async () => {
      const options = { greeks: "first", estimator: "likelihood-ratio", paths: 16 * paths };
      return (await wallSeconds(() => value(book, heston, options, pool))).seconds;
    };
    // By the clock, which what else the machine does moves more than processor time; and some seconds of work, as for a book: what a
    // run does once, on one thread, is told by the command's time.
    const byThreads = await medians({ one: timed(pools[0]), two: timed(pools[1]) }, quick ? rounds : 7);
    yield {
      name: "2 threads",
      ratio: byThreads.one / byThreads.two,
      target: 1.8,
      better: "higher",
      isWall: true,
      definition: `wall time of 100 Heston digitals, first-order Greeks and gamma, ${16 * paths} paths: 1 thread / 2 threads (needs two idle cores)`,
      detail: `${digits(byThreads.one)} / ${digits(byThreads.two)} s`,
    };
  } finally {
    for (const pool of pools) await pool.close();
  }

  const schemes = {
    "heston, its own 8 steps": heston,
    "heston-qe, 50 steps": marketOf(models["heston-qe"](1 / 50)),
    ...(quick ? {} : { "heston, 50 steps": marketOf(models.heston(1 / 50)) }),
  };
  for (const [name, market] of Object.entries(schemes)) {
    const trades = [{ product: "vanilla", right: "call", strike: 100 }];
    const greeks = ["price", "delta", "gamma", "vega", "theta", "rho", "dividend_rho"];
    const once = await cost(trades, market, { greeks, paths: 200_000 });
    const seconds = quick ? await once() : (await medians({ once }, 3)).once;
    yield {
      name: `comparison case, ${name}, s`,
      ratio: seconds,
      target: 1,
      better: "lower",
      isRatio: false,
      definition: "CPU seconds of price and 6 Greeks of a Heston call, 200,000 paths, likelihood ratio",
      detail: `${digits((seconds * 1e9) / 200_000)} ns per path`,
    };
  }
}
