import { describe, expect, test } from "vitest";
import { blackScholes } from "../../src/closed-forms/black-scholes.js";
import { vanilla } from "../../src/closed-forms/european-payoff.js";
import { heston } from "../../src/closed-forms/heston.js";
import { merton } from "../../src/closed-forms/merton.js";
import type { RunOptions } from "../../src/index.js";
import { market, valued } from "./quarterly.js";

const models = {
  "black-scholes": { parameters: { volatility: 0.25 }, closed: blackScholes },
  heston: { parameters: { v0: 0.05, kappa: 1.5, theta: 0.04, xi: 0.6, rho: -0.7 }, closed: heston },
  merton: { parameters: { volatility: 0.2, lambda: 0.8, mu_j: -0.1, delta_j: 0.15 }, closed: merton },
};
const value = (names: readonly string[], model: keyof typeof models, options: RunOptions) =>
  valued(names, model, models[model].parameters as Readonly<Record<string, number>>, options);

const smooth = ["put", "asian", "geometric", "lookback", "cliquet"];

describe("the pathwise estimator", () => {
  test.each(Object.keys(models) as (keyof typeof models)[])(
    "agrees with the likelihood ratio, and is sharper where the payoff looks at several dates: %s",
    async (model) => {
      const options: RunOptions = { paths: 32_768, sampler: "random", seed: "pathwise" };
      const pathwise = await value(smooth, model, { ...options, estimator: "pathwise" });
      const ratio = await value(smooth, model, { ...options, estimator: "likelihood-ratio" });
      expect(pathwise.failures).toEqual([]);
      const mixed = await value(smooth, model, { ...options, estimator: "mixed", greeks: ["gamma"] });
      for (const [t, { trade, estimates: first }] of pathwise.results.entries()) {
        const estimates = [...first, ...mixed.results[t]!.estimates];
        const others = ratio.results[t]!.estimates;
        let gain = 0;
        for (const { greek, value: estimate, standardError, estimator } of estimates) {
          expect(estimator).toBe(greek === "gamma" ? "mixed" : "pathwise");
          const other = others.find((candidate) => candidate.greek === greek)!;
          const error = Math.hypot(standardError, other.standardError);
          expect(Math.abs(estimate - other.value), `${trade.id} ${greek}`).toBeLessThan(5 * error + 1e-12);
          if (greek !== "price" && standardError > 0) gain += Math.log(other.standardError / standardError);
        }
        if (trade.id !== "put") expect(gain / estimates.length, trade.id).toBeGreaterThan(0.1);
      }
    },
  );

  test.each(Object.entries(models))(
    "has the closed form's Greeks: %s",
    async (model, { closed, parameters }) => {
      const run = await value(["put"], model as keyof typeof models, {
        paths: 65_536,
        estimator: "pathwise",
      });
      const exact = closed({ ...market, ...parameters } as never, vanilla("put", 105), 1) as Readonly<
        Record<string, number>
      >;
      const { estimates } = run.results[0]!;
      for (const { greek, value: estimate, standardError } of estimates) {
        const truth = exact[greek]!;
        const bias = model === "heston" ? 0.003 * Math.abs(truth) : 0;
        expect(Math.abs(estimate - truth), greek).toBeLessThan(5 * standardError + bias);
        expect(standardError, greek).toBeLessThan(0.02 * Math.abs(truth) + 0.03);
      }
      const names = estimates.map(({ greek }) => greek);
      for (const greek of ["price", "delta", "vega", "rho"]) expect(names).toContain(greek);
      // The number of jumps depends on the rate and on the time by a score alone.
      expect(names.includes("theta")).toBe(model !== "merton");
    },
  );

  test("says why it does not apply", async () => {
    const options: RunOptions = { paths: 4096, estimator: "pathwise", greeks: ["delta", "vanna"] };
    const run = await value(["digital", "put"], "black-scholes", options);
    expect(run.failures.map(({ message }) => message)).toEqual([
      "the pathwise estimator does not apply: the payoff jumps, and its derivative in the prices sees nothing of it",
      "vanna: the pathwise estimator does not apply: it gives first derivatives",
    ]);
    expect(run.results.map(({ trade }) => trade.id)).toEqual(["put"]);
  });
});

describe("the mixed estimator", () => {
  const greeks = ["gamma", "vanna", "charm"];

  test("has the closed form's second derivatives in the spot", async () => {
    const { closed, parameters } = models["black-scholes"];
    const run = await value(["put"], "black-scholes", { paths: 65_536, estimator: "mixed", greeks });
    const exact = closed({ ...market, ...parameters }, vanilla("put", 105), 1) as unknown as Record<
      string,
      number
    >;
    expect(run.failures).toEqual([]);
    for (const { greek, value: estimate, standardError } of run.results[0]!.estimates) {
      expect(Math.abs(estimate - exact[greek]!), greek).toBeLessThan(5 * standardError);
      expect(standardError, greek).toBeLessThan(0.01 * Math.abs(exact[greek]!));
    }
  });

  test.each(["black-scholes", "heston"] as const)(
    "agrees with the likelihood ratio, and is sharper where the payoff looks at several dates: %s",
    async (model) => {
      const options: RunOptions = {
        paths: 32_768,
        sampler: "random",
        seed: "mixed",
        greeks: greeks.slice(0, 2),
      };
      const sharp = await value(smooth, model, { ...options, estimator: "mixed" });
      const plain = await value(smooth, model, { ...options, estimator: "likelihood-ratio" });
      expect(sharp.failures).toEqual([]);
      for (const [t, { trade, estimates }] of sharp.results.entries()) {
        for (const [g, { greek, value: estimate, standardError }] of estimates.entries()) {
          const other = plain.results[t]!.estimates[g]!;
          const error = Math.hypot(standardError, other.standardError);
          expect(Math.abs(estimate - other.value), `${trade.id} ${greek}`).toBeLessThan(5 * error + 1e-12);
          if (trade.id !== "put")
            expect(standardError, `${trade.id} ${greek}`).toBeLessThan(other.standardError);
        }
      }
    },
  );
});
