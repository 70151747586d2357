import type { Kernel } from "../kernel/kernel.js";
import type { NumberTable } from "../numerics/terms.js";

/**
 * What every model gives: conditionally on its latent path, the log-returns between a payoff's observation dates
 * are independent Gaussians N(m_k, s_k²). Scores, Greeks and error bars follow from m, s and their tangents alone.
 */
export interface Dynamics {
  readonly name: string;
  readonly meaning: string;
  readonly parameters: NumberTable;
  /** How the latent path is simulated, named in every result: "exact" when there is none. */
  readonly scheme: string;
  /** Whether E[S_T] is the forward exactly, so that discounted prices are valid control variates. */
  readonly martingale: "exact" | "approximate";
  /** The law of the log-returns over the intervals of `dates` (years, increasing, from 0). */
  law(parameters: Readonly<Record<string, number>>, carry: Carry, dates: readonly number[]): Law;
}

/** Continuously compounded, per year. */
export interface Carry {
  readonly rate: number;
  readonly dividendYield: number;
}

/**
 * A parameter a law can be differentiated in: `spot`, `rate`, `dividend_yield`, `time` (all dates scale with the last),
 * `first_interval` (the first date moves, and all later ones with it), and the model's own.
 */
export type ScoreParameter = string;

export type Law = ConstantLaw | LatentLaw;

/** m and s do not depend on the path (Black-Scholes). Tangents in log-return units per unit of parameter. */
export interface ConstantLaw {
  readonly kind: "constant";
  readonly intervals: readonly GaussianInterval[];
}

export interface GaussianInterval {
  readonly mean: number;
  readonly deviation: number;
  /** ∂m/∂θ and ∂s/∂θ; a parameter that is absent does not move the interval. */
  readonly tangents: Readonly<Record<ScoreParameter, Tangent>>;
  /** ∂²m/∂θ∂η and ∂²s/∂θ∂η under `pairKey(θ, η)`; an absent pair is zero. */
  readonly secondTangents: Readonly<Record<string, Tangent>>;
}

export interface Tangent {
  readonly mean: number;
  readonly deviation: number;
}

/** m and s depend on a latent path that the model simulates block by block. */
export interface LatentLaw {
  readonly kind: "latent";
  /** Own parameters whose tangents `fill` writes, in the order of its columns. */
  readonly tangentParameters: readonly ScoreParameter[];
  /** Bytes of kernel memory the law needs to carry its state through a block. */
  readonly stateColumns: number;
  /** Parameters that move every mean by a constant: ∂m_k/∂θ, with ∂s_k/∂θ = 0 (rate, dividend yield). */
  readonly shifts: Readonly<Record<ScoreParameter, readonly number[]>>;
  /** Writes interval k's columns for a block; intervals are asked for in order, 0 first. */
  fill(kernel: Kernel, interval: number, block: LatentBlock): void;
}

/** Pointers into kernel memory to columns of `paths` numbers, and the address of the block's random numbers. */
export interface LatentBlock {
  readonly paths: number;
  readonly firstPath: number;
  readonly batch: number;
  readonly key: readonly [number, number];
  readonly state: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  /** ∂m/∂θ and ∂s/∂θ, one column per tangent parameter. */
  readonly meanTangents: readonly number[];
  readonly deviationTangents: readonly number[];
}

/** The key of an unordered pair of parameters. */
export function pairKey(a: ScoreParameter, b: ScoreParameter): string {
  return a < b ? `${a},${b}` : `${b},${a}`;
}
