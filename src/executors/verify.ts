import type { RunOptions, Sampler } from "../analysis/options.js";
import { bates } from "../closed-forms/bates.js";
import { blackScholes } from "../closed-forms/black-scholes.js";
import { digital, type EuropeanPayoff, vanilla } from "../closed-forms/european-payoff.js";
import { heston } from "../closed-forms/heston.js";
import { merton } from "../closed-forms/merton.js";
import { varianceGamma } from "../closed-forms/variance-gamma.js";
import { products } from "../payoffs/catalogue.js";
import { computeGreeks } from "./run-book.js";

/** A model, an expiry, and the closed form that knows its Greeks. */
interface VerifiedModel {
  readonly name: string;
  readonly dynamics: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly rate: number;
  readonly years: number;
  /** The bias that the model's scheme may have: a share of the Greek, or of its largest size among the strikes. */
  readonly allowedBias: { readonly ofValue: number; readonly ofSize: number };
  readonly closedForm: (
    market: never,
    payoff: EuropeanPayoff,
    years: number,
  ) => Readonly<Record<string, number>>;
}

const EXACT = { ofValue: 0, ofSize: 0 };
const MILD = { ofValue: 0.003, ofSize: 0.001 };
/** The variance spends much of its time near 0: 4κθ/ξ² below 1. */
const ROUGH = { ofValue: 0.01, ofSize: 0.01 };
/** 4κθ/ξ² near .1: steps of half a year are coarse for the digital's gamma and its derivatives in ξ and ρ. */
const STRESSED = { ofValue: 0.01, ofSize: 0.1 };

const MODELS: readonly VerifiedModel[] = [
  {
    ...{ name: "flat 20 %", dynamics: "black-scholes", parameters: { volatility: 0.2 } },
    ...{ rate: 0.03, years: 1, allowedBias: EXACT, closedForm: blackScholes },
  },
  {
    ...{ name: "Merton, mild", dynamics: "merton" },
    parameters: { volatility: 0.2, lambda: 0.5, mu_j: -0.1, delta_j: 0.15 },
    ...{ rate: 0.03, years: 1, allowedBias: EXACT, closedForm: merton },
  },
  {
    ...{ name: "variance gamma, mild", dynamics: "variance-gamma" },
    parameters: { sigma: 0.2, nu: 0.2, theta: -0.14 },
    ...{ rate: 0.03, years: 1, allowedBias: EXACT, closedForm: varianceGamma },
  },
  {
    ...{ name: "Heston, mild", dynamics: "heston" },
    parameters: { v0: 0.04, kappa: 2, theta: 0.04, xi: 0.3, rho: -0.6 },
    ...{ rate: 0.03, years: 1, allowedBias: MILD, closedForm: heston },
  },
  {
    ...{ name: "Broadie-Kaya 1", dynamics: "heston" },
    parameters: { v0: 0.010201, kappa: 6.21, theta: 0.019, xi: 0.61, rho: -0.7 },
    ...{ rate: 0.0319, years: 1, allowedBias: MILD, closedForm: heston },
  },
  {
    ...{ name: "Broadie-Kaya 2", dynamics: "heston" },
    parameters: { v0: 0.09, kappa: 2, theta: 0.09, xi: 1, rho: -0.3 },
    ...{ rate: 0.05, years: 5, allowedBias: MILD, closedForm: heston },
  },
  {
    ...{ name: "Andersen I", dynamics: "heston" },
    parameters: { v0: 0.04, kappa: 0.5, theta: 0.04, xi: 1, rho: -0.9 },
    ...{ rate: 0, years: 10, allowedBias: STRESSED, closedForm: heston },
  },
  {
    ...{ name: "Andersen II", dynamics: "heston" },
    parameters: { v0: 0.04, kappa: 0.3, theta: 0.04, xi: 0.9, rho: -0.5 },
    ...{ rate: 0, years: 15, allowedBias: STRESSED, closedForm: heston },
  },
  {
    ...{ name: "Andersen III", dynamics: "heston" },
    parameters: { v0: 0.09, kappa: 1, theta: 0.09, xi: 1, rho: -0.3 },
    ...{ rate: 0, years: 5, allowedBias: ROUGH, closedForm: heston },
  },
  {
    ...{ name: "Bates, mild", dynamics: "bates" },
    parameters: {
      v0: 0.04,
      kappa: 2,
      theta: 0.04,
      xi: 0.3,
      rho: -0.6,
      lambda: 0.5,
      mu_j: -0.1,
      delta_j: 0.15,
    },
    ...{ rate: 0.03, years: 1, allowedBias: MILD, closedForm: bates },
  },
];

/** What closed forms and exact estimators may differ by. */
const ROUNDING = 1e-10;
const SPOT = 100;
const STRIKES = [90, 100, 110];
const PAYOFFS = { vanilla, digital };

/** One number against its exact value. */
export interface Verification {
  readonly model: string;
  readonly scheme: string;
  readonly estimator: string;
  readonly payoff: string;
  readonly greek: string;
  readonly value: number;
  readonly standardError: number;
  readonly exact: number;
  /** (value − exact) / standard error. */
  readonly z: number;
  /** (value − exact) in % of the Greek's exact value. */
  readonly offPercent: number;
  /** Bias that the scheme is allowed, in % of the Greek. */
  readonly allowedPercent: number;
  /** Within five standard errors and the allowed bias. */
  readonly passed: boolean;
}

export interface VerifyOptions {
  readonly paths?: number;
  readonly seed?: string;
  readonly sampler?: Sampler;
  readonly onModel?: (done: number, all: number) => void;
  readonly signal?: { readonly aborted: boolean };
}

/**
 * Values calls and digitals under every model and sets each first-order Greek and gamma against its closed form: what a
 * model validator would file, run on the machine at hand.
 */
export async function verify(options: VerifyOptions = {}): Promise<readonly Verification[]> {
  const { paths = 262_144, seed = "verify", sampler = "sobol", onModel, signal } = options;
  const rows: Verification[] = [];
  for (const [m, model] of MODELS.entries()) {
    if (signal?.aborted) break;
    // The conditional estimator is the sharper one and shows the schemes' biases; the likelihood ratio is what books use.
    for (const estimator of ["likelihood-ratio", "conditional"] as const) {
      rows.push(...(await verifyModel(model, { paths, seed, sampler, estimator })));
    }
    onModel?.(m + 1, MODELS.length);
  }
  return rows;
}

async function verifyModel(
  { name, dynamics, parameters, rate, years, allowedBias, closedForm }: VerifiedModel,
  options: Required<Pick<RunOptions, "paths" | "seed" | "sampler" | "estimator">>,
): Promise<readonly Verification[]> {
  const market = { spot: SPOT, rate, dividendYield: 0.01 };
  const underlying = { ...market, name, currency: "USD", model: { name, dynamics, parameters } };
  const cases = Object.entries(PAYOFFS).flatMap(([product, payoff]) =>
    STRIKES.map((strike) => ({
      product,
      strike,
      exact: closedForm({ ...market, ...parameters } as never, payoff("call", strike), years),
    })),
  );
  const items = cases.map(({ product, strike }, i) => ({
    kind: "trade" as const,
    trade: {
      ...{ id: String(i), book: "", underlying: name, product, quantity: "1", tags: {}, where: {} },
      payoff: products[product]!.payoff({ right: "call", strike, cash: 1 } as never, years),
    },
  }));
  const { results, failures } = await computeGreeks(
    items,
    { valuationDate: "1970-01-01", dayCount: "act/365f", underlyings: new Map([[name, underlying]]) },
    options,
  );
  if (failures.length > 0) throw new Error(failures[0]!.message);
  return results.flatMap(({ estimates }, i) => {
    const { product, strike, exact } = cases[i]!;
    const rivals = cases.filter((other) => other.product === product);
    return estimates.map(({ greek, scheme, estimator, value, standardError }): Verification => {
      const truth = exact[greek]!;
      const off = value - truth;
      // A Greek near zero at one strike has its size at another.
      const size = Math.max(...rivals.map((other) => Math.abs(other.exact[greek]!)));
      const allowed = Math.max(allowedBias.ofValue * Math.abs(truth), allowedBias.ofSize * size);
      return {
        ...{
          model: name,
          scheme,
          estimator,
          payoff: `${product} call ${strike}, ${years} y`,
          greek,
          value,
          standardError,
        },
        exact: truth,
        z: Math.abs(off) <= ROUNDING * size ? 0 : off / standardError,
        offPercent: (100 * off) / Math.abs(truth),
        allowedPercent: (100 * allowed) / Math.abs(truth),
        passed: Math.abs(off) <= 5 * standardError + allowed + ROUNDING * size,
      };
    });
  });
}
