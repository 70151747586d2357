import { describe, expect, test } from "vitest";
import type { RunRequest } from "../../src/estimators/estimator.js";
import { likelihoodRatio } from "../../src/estimators/likelihood-ratio.js";
import { dynamics } from "../../src/index.js";
import { loadKernel } from "../../src/kernel/kernel.js";
import { exampleBook, exampleMarket, valuesOf } from "./book.js";

const market = exampleMarket();

describe.each(["sobol", "random"] as const)("the bits of a number, %s", (sampler) => {
  const options = { paths: 4096, seed: "bits", sampler, greeks: "all" } as const;

  test("do not depend on the order of the book", async () => {
    const book = await exampleBook(market);
    const inOrder = await valuesOf(book, market, options);
    const shuffled = await valuesOf([...book].reverse(), market, options);
    expect(shuffled.size).toBe(inOrder.size);
    for (const [key, value] of inOrder) expect(shuffled.get(key), key).toEqual(value);
  });

  test("do not depend on the other trades of the book", async () => {
    const book = await exampleBook(market);
    const all = await valuesOf(book, market, options);
    for (const [i, item] of book.entries()) {
      if (i % 3 !== 0) continue;
      for (const [key, value] of await valuesOf([item], market, options))
        expect(value, key).toEqual(all.get(key));
    }
  });

  test("do not depend on which kernel runs which batch, nor when", async () => {
    for (const model of ["black-scholes", "heston"]) {
      const request: RunRequest = {
        schedule: {
          underlying: "X",
          spot: 100,
          carry: { rate: 0.03, dividendYield: 0.01 },
          dynamics: dynamics[model]!,
          parameters: { volatility: 0.2, v0: 0.04, kappa: 2, theta: 0.04, xi: 0.3, rho: -0.7 },
          dates: [0.25, 1],
        },
        amounts: [{ op: "highest", dates: [0, 1] }],
        derivatives: [[], ["spot"], ["spot", "spot"], ["volatility"], ["time"]],
        seed: "bits",
        sampler,
        paths: 4000,
        batches: 8,
      };
      const one = likelihoodRatio.open(await loadKernel(), request);
      const sequential = Array.from({ length: 8 }, (_, batch) => one.batch(batch));
      const workers = [await loadKernel(), await loadKernel()].map((kernel) =>
        likelihoodRatio.open(kernel, request),
      );
      const spread = new Map(
        [5, 2, 7, 0, 4, 6, 1, 3].map((batch, i) => [batch, workers[i % 2]!.batch(batch)]),
      );
      for (const [batch, means] of sequential.entries()) expect(spread.get(batch)).toEqual(means);
      expect(workers[1]!.pilot()).toEqual(one.pilot());
    }
  });

  test("depend on the seed", async () => {
    // A forward is explained by the controls on every path, whatever the seed.
    const book = (await exampleBook(market)).filter(
      (item) => item.kind === "trade" && item.trade.product !== "forward",
    );
    const one = await valuesOf(book, market, { ...options, estimator: "likelihood-ratio" });
    const other = await valuesOf(book, market, {
      ...options,
      seed: "other bits",
      estimator: "likelihood-ratio",
    });
    expect([...one].filter(([key, value]) => other.get(key)![0] === value[0])).toEqual([]);
  });
});
