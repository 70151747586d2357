import type { Derivative } from "../gradients/distribution.js";
import type { Kernel, Pointer } from "../kernel/kernel.js";
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
  /** Whether the log-price between dates is a Brownian motion of constant drift and volatility. */
  readonly isBrownian?: true;
  /**
   * For a log-price that between dates is nearly a Brownian bridge: how much wider that bridge is than s, since between the dates the
   * latent path is not known; with parameters in `by`, its derivative in them.
   */
  bridgeWidth?(parameters: Readonly<Record<string, number>>, by: readonly ScoreParameter[]): number;
  /** What the law can be differentiated in, besides the spot; every pair with the spot comes with it. */
  readonly scoreParameters: readonly ScoreParameter[];
  /** The further pairs it can be differentiated in, as `pairKey`s. */
  readonly scorePairs: readonly string[];
  /** What must hold between the parameters beyond the bounds of each, in words with what came; null when it does. */
  fault?(parameters: Readonly<Record<string, number>>): string | null;
  /** Why the weight of a derivative is not to be relied on for these dates; null when it is. */
  caution?(request: Pick<LawRequest, "parameters" | "dates">, derivative: Derivative): string | null;
  /** Where prices jump now and then, the share of the paths that can tell of a derivative: in a parameter of jumps, those that have one. */
  carrying?(request: Pick<LawRequest, "parameters" | "dates">, derivative: Derivative): number;
  /** Of a price that jumps, the model between the jumps, and their number up to the last date. */
  readonly jumps?: {
    readonly base: Dynamics;
    /** As far as they are as likely as `least`. */
    counts(request: Pick<LawRequest, "parameters" | "dates">, least: number): CountLaw;
  };
  /** What the scheme's derivatives may be off by, as a share of them, where that matters, and why; null where it does not. */
  bias?(
    request: Pick<LawRequest, "parameters" | "dates">,
  ): { readonly share: number; readonly why: string } | null;
  /**
   * The law of the log-returns over the intervals between `dates` (years, increasing, the first interval starts at 0).
   * `wanted` names the score parameters whose tangents will be used.
   */
  law(request: LawRequest): Law;
}

/** The number n of jumps up to a date: how likely it is, and what so many add to m and s² of the return. With a parameter, the derivative. */
export interface CountLaw {
  /** What comes of more does not matter. */
  readonly most: number;
  probability(n: number, by?: ScoreParameter): number;
  mean(n: number, by?: ScoreParameter): number;
  variance(n: number, by?: ScoreParameter): number;
}

export interface LawRequest {
  readonly parameters: Readonly<Record<string, number>>;
  readonly carry: Carry;
  readonly dates: readonly number[];
  readonly wanted: readonly ScoreParameter[];
  /** The pairs among them, spot left out, that second derivatives will be taken in, as `pairKey`s. */
  readonly wantedPairs: readonly string[];
}

/** Continuously compounded, per year. */
export interface Carry {
  readonly rate: number;
  readonly dividendYield: number;
}

/**
 * A parameter a law can be differentiated in: `rate`, `dividend_yield`, `volatility`, `time` (all dates scale with the
 * last), `first_interval` (all dates move together), and the model's own. `spot` is added by the simulation.
 */
export type ScoreParameter = string;

export type Law = ConstantLaw | LatentLaw;

/** m and s do not depend on the path (Black-Scholes). */
export interface ConstantLaw {
  readonly kind: "constant";
  readonly intervals: readonly GaussianInterval[];
}

export interface GaussianInterval extends Moments {
  /** ∂m/∂θ and ∂s/∂θ; an absent parameter does not move the interval. */
  readonly tangents: Readonly<Record<ScoreParameter, Moments>>;
  /** ∂²m/∂θ∂η and ∂²s/∂θ∂η under `pairKey(θ, η)`; an absent pair is zero. */
  readonly secondTangents: Readonly<Record<string, Moments>>;
}

/** m and s of a log-return, or a derivative of them. */
export interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

/** m and s depend on a latent path that the model simulates block by block. */
export interface LatentLaw {
  readonly kind: "latent";
  /** Parameters whose tangents `fill` writes, in the order of its columns. */
  readonly tangentParameters: readonly ScoreParameter[];
  /** Parameters that only move the means, by the same amount on every path: ∂m_k/∂θ per interval. */
  readonly shifts: Readonly<Record<ScoreParameter, readonly number[]>>;
  /** Pairs of tangent parameters, as `pairKey`s, whose second tangents `fill` writes, in the order of its columns. */
  readonly pairs?: readonly string[];
  /** Tangent parameters that the law of the latent path depends on by a score, since it does not move smoothly with them. */
  readonly latentScores?: readonly ScoreParameter[];
  /** Nanoseconds that all intervals of a path take, about. */
  readonly cost: number;
  /** Columns of kernel memory the law needs to carry its state through a block. */
  readonly stateColumns: number;
  /** Writes the columns of interval k; a block's intervals are asked for in order. */
  fill(kernel: Kernel, k: number, columns: LatentColumns, place: BlockPlace): void;
}

/** Which paths a block has. */
export interface BlockPlace {
  readonly batch: number;
  readonly firstPath: number;
  readonly paths: number;
}

/** What a law fills for an interval, columns in kernel memory; the columns of its state; and the key of its random numbers. */
export interface LatentColumns extends IntervalLaw {
  readonly key: readonly [number, number];
  readonly state: readonly Pointer[];
}

export interface IntervalLaw {
  readonly mean: Pointer;
  readonly deviation: Pointer;
  /** ∂m/∂θ and ∂s/∂θ, one column per tangent parameter. */
  readonly meanTangents: readonly Pointer[];
  readonly deviationTangents: readonly Pointer[];
  /** ∂²m and ∂²s, one column per pair. */
  readonly meanSecond: readonly Pointer[];
  readonly deviationSecond: readonly Pointer[];
  /** ∂θ ln P of the interval's latent path, one column per entry of `latentScores`. */
  readonly latentScores: readonly Pointer[];
}
