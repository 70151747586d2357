import { bates } from "../../closed-forms/bates.js";
import { blackScholes } from "../../closed-forms/black-scholes.js";
import type { EuropeanPayoff } from "../../closed-forms/european-payoff.js";
import { heston } from "../../closed-forms/heston.js";
import { merton } from "../../closed-forms/merton.js";
import { varianceGamma } from "../../closed-forms/variance-gamma.js";

export interface AllowedBias {
  readonly ofValue: number;
  readonly ofSize: number;
}

/** A model, an expiry, and the closed form that knows its Greeks. */
export interface VerifiedModel {
  readonly name: string;
  readonly dynamics: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly rate: number;
  readonly years: number;
  /** The bias that the model's scheme may have: a share of the Greek, or of its largest size among the strikes. */
  readonly allowedBias: AllowedBias;
  readonly closedForm: (
    market: never,
    payoff: EuropeanPayoff,
    years: number,
  ) => Readonly<Record<string, number>>;
}

const EXACT: AllowedBias = { ofValue: 0, ofSize: 0 };
const MILD: AllowedBias = { ofValue: 0.003, ofSize: 0.001 };
/** The variance spends much of its time near 0: 4κθ/ξ² below 1. */
const ROUGH: AllowedBias = { ofValue: 0.01, ofSize: 0.01 };
/** 4κθ/ξ² near .1: steps of half a year are coarse for the digital's gamma and its derivatives in ξ and ρ. */
const STRESSED: AllowedBias = { ofValue: 0.01, ofSize: 0.1 };

export const MODELS: readonly VerifiedModel[] = [
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

/** The first model of a dynamics. */
export function modelOf(dynamics: string): VerifiedModel {
  const model = MODELS.find((model) => model.dynamics === dynamics);
  if (model === undefined) throw new Error(`dynamics must be among the verified models, got ${dynamics}`);
  return model;
}
