import { describe, expect, test } from "vitest";
import {
  computeGreeks,
  type Market,
  type Payoff,
  type PortfolioItem,
  products,
  type RunOptions,
  readPortfolio,
} from "../../src/index.js";
import { parseFormula } from "../../src/payoffs/formula.js";
import { exampleBook, exampleMarket } from "./book.js";

const market = exampleMarket();
const quick: RunOptions = {
  paths: 4096,
  batches: 32,
  greeks: ["price", "delta"],
  seed: "book",
  estimator: "likelihood-ratio",
};

function item(
  id: string,
  amount: Payoff["amount"] | string,
  underlying = "ACME",
  dates = [0.5],
): PortfolioItem {
  const payoff = { dates, amount: typeof amount === "string" ? parseFormula(amount, dates) : amount };
  const trade = {
    id,
    book: "b",
    underlying,
    product: "custom",
    quantity: "2",
    payoff,
    tags: {},
    where: { line: 7 },
  };
  return { kind: "trade", trade };
}

const value = (items: PortfolioItem[], options: RunOptions = quick, where: Market = market) =>
  computeGreeks(items, where, options);

describe("a payoff", () => {
  test("given as code has the numbers of the same payoff as a formula", async () => {
    const { results } = await value([
      item("formula", "max(S(T) - 230, 0)"),
      item("code", ([last], out) => {
        for (let i = 0; i < out.length; i++) out[i] = Math.max(last![i]! - 230, 0);
      }),
    ]);
    const [formula, code] = results.map(({ estimates }) => estimates.map(({ value }) => value));
    expect(code).toEqual(formula);
  });

  test("may contain functions of constants", async () => {
    const { results } = await value([item("a", "exp(0.5) * S(T) - log(2)")]);
    const forward = 230 * Math.exp(-0.004 * 0.5);
    const exact = Math.exp(0.5) * forward - Math.log(2) * Math.exp(-0.043 * 0.5);
    expect(results[0]!.estimates[0]!.value).toBeCloseTo(exact, 8);
  });

  test("that is constant has the discount factor as price and no delta", async () => {
    const { results } = await value([item("a", "7")]);
    const [price, delta] = results[0]!.estimates;
    expect(price!.value).toBeCloseTo(7 * Math.exp(-0.043 * 0.5), 10);
    expect(Math.abs(delta!.value)).toBeLessThan(1e-10);
  });

  test("that is not finite on some path fails with a message, and the others stand", async () => {
    const { results, failures, summary } = await value([
      item("bad", "log(S(T) - 230)"),
      item("worse", "1 / max(S(T) - 230, 0)"),
      item("good", "S(T)"),
    ]);
    expect(results.map(({ trade }) => trade.id)).toEqual(["good"]);
    expect(summary).toMatchObject({ valuedTrades: 1, failedTrades: 2 });
    expect(failures).toHaveLength(4);
    for (const { reason, message, where } of failures) {
      expect(reason).toBe("calculation-failed");
      expect(message).toMatch(/(price|delta) must be a finite number/);
      expect(where?.line).toBe(7);
    }
  });

  test("that throws fails its schedule's trades with the message, not the run", async () => {
    const broken = item("broken", () => {
      throw new Error("out of cheese");
    });
    const { results, failures } = await value([broken, item("other", "S(T)", "ACME", [1])]);
    expect(results.map(({ trade }) => trade.id)).toEqual(["other"]);
    expect(failures[0]!.message).toContain("out of cheese");
  });
});

describe("flags", () => {
  test("say that no path reaches a strike", async () => {
    const { results } = await value([item("far", "(S(T) > 2000) * 1"), item("near", "(S(T) > 240) * 1")]);
    const [far, near] = results.map(({ estimates }) => estimates[0]!);
    expect(far!.status).toBe("flagged");
    expect(far!.note).toContain("effective paths");
    expect(near).toMatchObject({ status: "ok", note: "" });
  });

  test("say that all paths lie on one side of a kink", async () => {
    const { results } = await value([item("deep", "max(S(T) - 10, 0)"), item("straight", "S(T) - 10")]);
    const [deep, straight] = results.map(({ estimates }) => estimates[0]!);
    expect(deep!.note).toContain("one side");
    expect(straight!.status).toBe("ok");
  });
});

describe("options", () => {
  test.each<[RunOptions, string]>([
    [{ greeks: ["deltaa"] }, "did you mean delta"],
    [{ greeks: [] }, "at least one"],
    [{ paths: 0 }, "paths must be a whole number"],
    [{ paths: 1.5 }, "paths must be a whole number"],
    [{ batches: 1 }, "batches must be a whole number"],
    [{ sampler: "sobel" as never }, "sampler must be one of sobol, random"],
    [{ profile: "rawr" as never }, "profile must be one of"],
  ])("%j throw", async (options, message) => {
    await expect(value([], options)).rejects.toThrow(message);
  });

  test("Greeks a model lacks fail by name, and are listed when a set has them", async () => {
    const book = [item("h", "S(T)", "SPX")];
    const spx = market.underlyings.get("SPX")!;
    const qe = { ...spx, model: { ...spx.model, dynamics: "heston-qe" } };
    const where = { ...market, underlyings: new Map([["SPX", qe]]) };
    const named = await value(book, { ...quick, greeks: ["price", "volga"] }, where);
    expect(named.failures[0]).toMatchObject({
      reason: "unsupported",
      message: "volga is not available under heston-qe",
    });
    const all = await value(book, { ...quick, greeks: "all" }, where);
    expect(all.summary.unavailable).toContain("heston-qe: volga");
  });

  test("continuous observation is refused by name where the path between dates is not known", async () => {
    const payoff = products.lookback!.payoff(
      {
        right: "put",
        strike: 0,
        strike_type: "floating",
        observations: "continuous",
        running_extreme: 0,
      } as never,
      1,
    );
    const always = (underlying: string) => {
      const made = item(underlying, "S(T)", underlying);
      if (made.kind !== "trade") throw new Error();
      return { ...made, trade: { ...made.trade, payoff } };
    };
    const spx = market.underlyings.get("SPX")!;
    const parameters = { volatility: 0.2, lambda: 0.5, mu_j: -0.1, delta_j: 0.1 };
    const jumping = { ...spx, model: { name: "m", dynamics: "merton", parameters } };
    const where = { ...market, underlyings: new Map([...market.underlyings, ["SPX", jumping]]) };
    const { results, failures } = await value([always("SPX"), always("ACME")], quick, where);
    expect(results.map(({ trade }) => trade.id)).toEqual(["ACME"]);
    expect(failures).toMatchObject([
      { reason: "unsupported", where: { line: 7, column: "observations" }, tradeId: "SPX" },
    ]);
    expect(failures[0]!.message).toBe(
      "observations must be a count or dates under merton, got continuous: how prices move between dates is known under black-scholes, heston, heston-qe, bates",
    );
  });

  test("the value of a Greek does not depend on which others are asked for", async () => {
    const book = await exampleBook(market);
    const few = await value(book, { ...quick, greeks: ["delta", "vega"] });
    const all = await value(book, { ...quick, greeks: "all" });
    for (const [i, { estimates, trade }] of few.results.entries()) {
      for (const { greek, value: alone } of estimates) {
        const same = all.results[i]!.estimates.find((other) => other.greek === greek)!;
        expect(alone, `${trade.id} ${greek}`).toBe(same.value);
      }
    }
  });

  test("paths are rounded up to whole batches, and the result says how many there were", async () => {
    const { summary, results } = await value([item("a", "S(T)")], {
      ...quick,
      paths: 1000,
      batches: 10,
      sampler: "random",
    });
    expect([summary.paths, results[0]!.estimates[0]!.paths]).toEqual([1120, 1120]);
  });
});

test("an aborted run keeps what is finished and accounts for the rest", async () => {
  const signal = { aborted: false };
  const book = await exampleBook(market);
  const { results, failures, summary } = await value(book, {
    ...quick,
    signal,
    onProgress: ({ fraction }) => {
      if (fraction > 0.3) signal.aborted = true;
    },
  });
  expect(summary.interrupted).toBe(true);
  expect(results.length).toBeGreaterThan(0);
  expect(results.length).toBeLessThan(book.length);
  expect(results.length + failures.length).toBe(book.length);
});

test("progress never goes back and ends at the whole", async () => {
  const fractions: number[] = [];
  await value(await exampleBook(market), {
    ...quick,
    onProgress: ({ fraction }) => fractions.push(fraction),
  });
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(fractions.at(-1)).toBe(1);
});

test("a trade on an underlying that the market lacks is reported in its place", async () => {
  const items: PortfolioItem[] = [];
  const text = "trade_id,underlying,product,quantity,expiry,strike\nA,NOPE,forward,1,1,100\n";
  for await (const read of readPortfolio(text, { valuationDate: market.valuationDate, products }))
    items.push(read);
  const { failures } = await value(items);
  expect(failures[0]).toMatchObject({
    reason: "missing-data",
    tradeId: "A",
    where: { line: 2, column: "underlying" },
  });
});
